//go:build cgo

// Command skf is libxinzhang_skf, a C library (go build -buildmode=c-shared, or
// make skf): the smart token interface of GM/T 0016 over Xinzhang UKeys. What its
// functions do stands in internal/skfabi, how C sees them in skf.h. Here C memory
// becomes slices and numbers, and nothing is decided.
//
// Built as a program it only says that it is none. The build tags skf_wide (ULONG
// of 64 bits) and skf_natural (structures that are not packed) make the library
// for programs whose header differs.
package main

/*
#cgo CFLAGS: -Dskf_library
#cgo skf_wide CFLAGS: -Dskf_wide
#cgo skf_natural CFLAGS: -Dskf_natural
#include <stdlib.h>
#include "skf.h"
*/
import "C"

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"unsafe"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/home"
	"xinzhang/internal/skfabi"
	"xinzhang/internal/token/soft"
)

func main() {
	fmt.Fprintln(os.Stderr, "skf is a library for C programs: build it with make skf")
	os.Exit(2)
}

// layout is that of skf.h, as the C compiler sees it.
var layout = skf.Layout{
	Wide:    C.sizeof_ULONG == 8,
	Natural: C.sizeof_DEVINFO == skf.Layout{Wide: C.sizeof_ULONG == 8, Natural: true}.DevInfoSize(),
}

// library is opened by the first call of a process, which may set its
// environment before.
var library = sync.OnceValue(func() *skfabi.Library {
	tokens := home.Dir(dataDir()).Tokens()
	return skfabi.New(soft.New(tokens), tokens, layout)
})

// dataDir is XINZHANG_HOME or ~/.xinzhang; without a home there are no UKeys.
func dataDir() string {
	if dir := env("XINZHANG_HOME"); dir != "" {
		return dir
	}
	user, err := os.UserHomeDir()
	if err != nil {
		user = env("HOME")
	}
	return filepath.Join(user, ".xinzhang")
}

// env asks C too: a library may not see what its program set.
func env(name string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	if v := C.getenv(key); v != nil {
		return C.GoString(v)
	}
	return ""
}

// answer runs a call. A pointer that leads nowhere is a mistake of the program
// and is answered, not died of, where the system tells.
func answer(f func(a *args) skf.Code) C.ULONG {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return C.ULONG(skfabi.Guard(func() skf.Code {
		a := &args{Library: library()}
		defer a.forget()
		return f(a)
	}))
}

// args reads the arguments of a call. The first that cannot be read is
// remembered, and the call is not made.
type args struct {
	*skfabi.Library
	refused skf.Code
	pins    [][]byte
}

// forget overwrites the PINs, also of a call that was not made.
func (a *args) forget() {
	for _, pin := range a.pins {
		clear(pin)
	}
}

func (a *args) refuse(code skf.Code) {
	if a.refused == skf.OK {
		a.refused = code
	}
}

func (a *args) call(f func() skf.Code) skf.Code {
	if a.refused != skf.OK {
		return a.refused
	}
	return f()
}

// Longest texts: far above what any name or PIN may have, so that one without
// an end is not read for ever.
const maxText = 256

func (a *args) octets(p C.LPSTR, tooLong skf.Code) []byte {
	if p == nil {
		a.refuse(skf.InvalidParam)
		return nil
	}
	for n := range maxText + 1 {
		if *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) == 0 {
			return C.GoBytes(unsafe.Pointer(p), C.int(n))
		}
	}
	a.refuse(tooLong)
	return nil
}

// text reads a name.
func (a *args) text(p C.LPSTR) string { return string(a.octets(p, skf.NameLenErr)) }

// pin reads a PIN into memory of its own.
func (a *args) pin(p C.LPSTR) []byte {
	pin := a.octets(p, skf.PINLenRange)
	a.pins = append(a.pins, pin)
	return pin
}

const (
	maxData    = 256 << 20 // octets of one call, as MaxBufferSize of DEVINFO says
	maxRoom    = 1 << 30   // a program may announce more room than it has
	sessionKey = 16        // octets of a key of SM4
)

// in is the program's memory, to be read during the call.
func (a *args) in(p *C.BYTE, n C.ULONG) []byte {
	switch {
	case n == 0:
		return []byte{}
	case p == nil:
		a.refuse(skf.InvalidParam)
		return nil
	case n > maxData:
		a.refuse(skf.InDataLenErr)
		return nil
	}
	return unsafe.Slice((*byte)(p), int(n))
}

// structure is a structure of the program, nil when it gave none.
func structure[T any](p *T, size int) []byte {
	if p == nil {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), size)
}

func publicKey(p *C.ECCPUBLICKEYBLOB) []byte   { return structure(p, layout.PublicKeySize()) }
func privateKey(p *C.ECCPRIVATEKEYBLOB) []byte { return structure(p, layout.PrivateKeySize()) }
func signature(p *C.ECCSIGNATUREBLOB) []byte   { return structure(p, skf.SignatureSize) }

// cipher is an ECCCIPHERBLOB with as much text as it announces.
func (a *args) cipher(p *C.ECCCIPHERBLOB) []byte {
	head := structure(p, layout.CipherSize(0))
	n, err := skf.CipherText(head, layout)
	if err != nil {
		a.refuse(skf.InDataErr)
		return nil
	}
	return structure(p, layout.CipherSize(n))
}

// sized makes a call that gives data: out and *n are those of the program.
func (a *args) sized(out unsafe.Pointer, n *C.ULONG, f func(out []byte, n *uint32) skf.Code) skf.Code {
	if n == nil {
		return skf.InvalidParam
	}
	var room []byte
	if out != nil {
		room = unsafe.Slice((*byte)(out), int(min(*n, maxRoom)))
	}
	var size uint32
	code := a.call(func() skf.Code { return f(room, &size) })
	if code == skf.OK || code == skf.BufferTooSmall {
		*n = C.ULONG(size)
	}
	return code
}

// handle makes a call that opens a handle.
func (a *args) handle(out *C.HANDLE, f func(h *skfabi.Handle) skf.Code) skf.Code {
	if out == nil {
		return skf.InvalidParam
	}
	var h skfabi.Handle
	code := a.call(func() skf.Code { return f(&h) })
	if code == skf.OK {
		*out = C.HANDLE(h)
	}
	return code
}

// number makes a call that may give a number.
func (a *args) number(out *C.ULONG, f func(v *uint32) skf.Code) skf.Code {
	if out == nil {
		return a.call(func() skf.Code { return f(nil) })
	}
	v := uint32(*out)
	code := a.call(func() skf.Code { return f(&v) })
	*out = C.ULONG(v)
	return code
}

// on is the handle as the library knows it.
func on(h C.HANDLE) skfabi.Handle { return skfabi.Handle(h) }
