//go:build cgo

package main

// #include "skf.h"
import "C"

import (
	"unsafe"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/skfabi"
)

// Session keys, SM4, SM3.

//export SKF_ImportSessionKey
func SKF_ImportSessionKey(container C.HCONTAINER, alg C.ULONG, wrapped *C.BYTE, n C.ULONG, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		blob := a.in(wrapped, n)
		return a.handle(out, func(h *skfabi.Handle) skf.Code { return a.ImportSessionKey(on(container), uint32(alg), blob, h) })
	})
}

//export SKF_SetSymmKey
func SKF_SetSymmKey(dev C.DEVHANDLE, key *C.BYTE, alg C.ULONG, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		value := a.in(key, sessionKey)
		return a.handle(out, func(h *skfabi.Handle) skf.Code { return a.SetSymmKey(on(dev), value, uint32(alg), h) })
	})
}

//export SKF_EncryptInit
func SKF_EncryptInit(key C.HANDLE, param C.BLOCKCIPHERPARAM) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.EncryptInit(on(key), structure(&param, layout.BlockParamSize()))
	})
}

//export SKF_Encrypt
func SKF_Encrypt(key C.HANDLE, data *C.BYTE, n C.ULONG, result *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.sized(unsafe.Pointer(result), size, func(out []byte, n *uint32) skf.Code { return a.Encrypt(on(key), input, out, n) })
	})
}

//export SKF_EncryptUpdate
func SKF_EncryptUpdate(key C.HANDLE, data *C.BYTE, n C.ULONG, result *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.sized(unsafe.Pointer(result), size, func(out []byte, n *uint32) skf.Code { return a.EncryptUpdate(on(key), input, out, n) })
	})
}

//export SKF_EncryptFinal
func SKF_EncryptFinal(key C.HANDLE, result *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(result), size, func(out []byte, n *uint32) skf.Code { return a.EncryptFinal(on(key), out, n) })
	})
}

//export SKF_DecryptInit
func SKF_DecryptInit(key C.HANDLE, param C.BLOCKCIPHERPARAM) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.DecryptInit(on(key), structure(&param, layout.BlockParamSize()))
	})
}

//export SKF_Decrypt
func SKF_Decrypt(key C.HANDLE, data *C.BYTE, n C.ULONG, result *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.sized(unsafe.Pointer(result), size, func(out []byte, n *uint32) skf.Code { return a.Decrypt(on(key), input, out, n) })
	})
}

//export SKF_DecryptUpdate
func SKF_DecryptUpdate(key C.HANDLE, data *C.BYTE, n C.ULONG, result *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.sized(unsafe.Pointer(result), size, func(out []byte, n *uint32) skf.Code { return a.DecryptUpdate(on(key), input, out, n) })
	})
}

//export SKF_DecryptFinal
func SKF_DecryptFinal(key C.HANDLE, result *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(result), size, func(out []byte, n *uint32) skf.Code { return a.DecryptFinal(on(key), out, n) })
	})
}

//export SKF_DigestInit
func SKF_DigestInit(dev C.DEVHANDLE, alg C.ULONG, pub *C.ECCPUBLICKEYBLOB, id *C.BYTE, idLen C.ULONG, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		name := a.in(id, idLen)
		return a.handle(out, func(h *skfabi.Handle) skf.Code { return a.DigestInit(on(dev), uint32(alg), publicKey(pub), name, h) })
	})
}

//export SKF_MacInit
func SKF_MacInit(key C.HANDLE, param *C.BLOCKCIPHERPARAM, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.handle(out, func(h *skfabi.Handle) skf.Code {
			return a.MacInit(on(key), structure(param, layout.BlockParamSize()), h)
		})
	})
}

//export SKF_Digest
func SKF_Digest(handle C.HANDLE, data *C.BYTE, n C.ULONG, value *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.sized(unsafe.Pointer(value), size, func(out []byte, n *uint32) skf.Code { return a.Digest(on(handle), input, out, n) })
	})
}

//export SKF_DigestUpdate
func SKF_DigestUpdate(handle C.HANDLE, data *C.BYTE, n C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.call(func() skf.Code { return a.DigestUpdate(on(handle), input) })
	})
}

//export SKF_DigestFinal
func SKF_DigestFinal(handle C.HANDLE, value *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(value), size, func(out []byte, n *uint32) skf.Code { return a.DigestFinal(on(handle), out, n) })
	})
}

//export SKF_Mac
func SKF_Mac(handle C.HANDLE, data *C.BYTE, n C.ULONG, value *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.sized(unsafe.Pointer(value), size, func(out []byte, n *uint32) skf.Code { return a.Mac(on(handle), input, out, n) })
	})
}

//export SKF_MacUpdate
func SKF_MacUpdate(handle C.HANDLE, data *C.BYTE, n C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		input := a.in(data, n)
		return a.call(func() skf.Code { return a.MacUpdate(on(handle), input) })
	})
}

//export SKF_MacFinal
func SKF_MacFinal(handle C.HANDLE, value *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(value), size, func(out []byte, n *uint32) skf.Code { return a.MacFinal(on(handle), out, n) })
	})
}

//export SKF_CloseHandle
func SKF_CloseHandle(handle C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.CloseHandle(on(handle))
	})
}
