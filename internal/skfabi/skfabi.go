// Package skfabi is the SKF calls (GM/T 0016-2012, GB/T 35291-2017) over the
// interfaces of package token: handles, answers and structures, so that programs
// written for SKF libraries work on our UKeys. cmd/skf gives it to C.
//
//	library := skfabi.New(soft.New(dir), dir, skf.Layout{})
//	var h skfabi.Handle
//	code := library.ConnectDev("key-1", &h)
//
// A method bears the name of its function without SKF_, and takes its parameters
// in their order, as Go sees C memory: a pointer with a length is a slice, nil
// for NULL, and a structure is the slice of its octets. Where the standard lets a
// program ask for a length first, out is nil and *n becomes the length; when
// len(out) is too small, *n becomes the length and the answer is
// SAR_BUFFER_TOO_SMALL. Neither changes anything.
//
// # Where the standard leaves a choice
//
//   - An application opened twice on one connection is one: what was verified on
//     it holds for both handles, and until SKF_ClearSecureState or
//     SKF_DisConnectDev. Another connection must verify anew.
//   - SKF_LockDev is heeded by programs that use this library; others are kept
//     out only while a call lasts.
//   - SKF_DevAuth compares the first 8 octets of the challenge, as cards do: the
//     last SKF_GenRandom of 8 octets or more on the connection, used once.
//   - A pair or a container is never replaced: SAR_OBJERR. Applications made
//     here let their user sign with the first PIN; those that xinzhang makes
//     answer SAR_USER_PIN_NOT_INITIALIZED until it is changed.
//   - Key agreement uses the encryption pair, as GM/T 0018 does. A MAC is the
//     last block of CBC, 16 octets.
//   - RSA and SKF_Transmit are SAR_NOTSUPPORTYETERR.
//
// Any number of threads may call.
package skfabi

import (
	"context"
	"errors"
	"time"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// A Library is what one process sees of an SKF library.
type Library struct {
	driver  token.Driver
	dir     string // of the files of SKF_LockDev
	layout  skf.Layout
	handles table
	events  watch
}

// New returns a library over the devices of driver for callers whose structures
// have the layout. Files of SKF_LockDev are made in dir.
func New(driver token.Driver, dir string, layout skf.Layout) *Library {
	l := &Library{driver: driver, dir: dir, layout: layout, handles: newTable()}
	l.events = newWatch(driver, 300*time.Millisecond)
	return l
}

// Guard runs a call and answers SAR_UNKNOWNERR where it panics: a panic must not
// run through the frames of a C program.
func Guard(call func() skf.Code) (code skf.Code) {
	defer func() {
		if recover() != nil {
			code = skf.UnknownErr
		}
	}()
	return call()
}

// Longest octets of one call, so that a length that is no length is refused.
const (
	maxInput  = 256 << 20 // told in DEVINFO; kept by whoever makes slices of C memory
	maxRandom = 16 << 20
	maxID     = 8191 // ENTL counts bits in 16 bits
)

// call runs f on the object of a handle.
func call[T object](l *Library, h Handle, f func(T) error) skf.Code {
	o, err := find[T](&l.handles, h)
	if err == nil {
		err = f(o)
	}
	return codeOf(err)
}

// onToken is call for what asks the device: calls on one connection run one
// after the other.
func onToken[T object](l *Library, h Handle, f func(context.Context, T) error) skf.Code {
	return call(l, h, func(o T) error {
		return o.of().turn(func() error { return f(context.Background(), o) })
	})
}

func codeOf(err error) skf.Code {
	if errors.Is(err, token.ErrClosed) {
		return skf.InvalidHandle
	}
	return skf.CodeOf(err)
}

// deliver gives data of a size that is known beforehand; produce makes it once
// there is room.
func deliver(out []byte, n *uint32, size int, produce func() ([]byte, error)) error {
	if n == nil {
		return skf.InvalidParam
	}
	if out == nil || len(out) < size {
		*n = uint32(size)
		if out == nil {
			return nil
		}
		return skf.BufferTooSmall
	}
	data, err := produce()
	if err != nil {
		return err
	}
	*n = uint32(copy(out, data))
	return nil
}

// hand is deliver for data that is there already.
func hand(out []byte, n *uint32, data []byte) error {
	return deliver(out, n, len(data), func() ([]byte, error) { return data, nil })
}

// fill writes a structure of fixed size; the caller gave exactly its octets.
func fill(out, structure []byte) { copy(out, structure) }

// fits refuses a structure that is absent or cut, before anything is done.
func fits(structure []byte, size int) error {
	if len(structure) < size {
		return skf.InvalidParam
	}
	return nil
}
