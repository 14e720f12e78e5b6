//go:build cgo

package main

// #include "skf.h"
import "C"

import (
	"unsafe"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/skfabi"
)

// Containers and certificates.

//export SKF_CreateContainer
func SKF_CreateContainer(app C.HAPPLICATION, name C.LPSTR, out *C.HCONTAINER) C.ULONG {
	return answer(func(a *args) skf.Code {
		container := a.text(name)
		return a.handle(out, func(h *skfabi.Handle) skf.Code { return a.CreateContainer(on(app), container, h) })
	})
}

//export SKF_DeleteContainer
func SKF_DeleteContainer(app C.HAPPLICATION, name C.LPSTR) C.ULONG {
	return answer(func(a *args) skf.Code {
		container := a.text(name)
		return a.call(func() skf.Code { return a.DeleteContainer(on(app), container) })
	})
}

//export SKF_OpenContainer
func SKF_OpenContainer(app C.HAPPLICATION, name C.LPSTR, out *C.HCONTAINER) C.ULONG {
	return answer(func(a *args) skf.Code {
		container := a.text(name)
		return a.handle(out, func(h *skfabi.Handle) skf.Code { return a.OpenContainer(on(app), container, h) })
	})
}

//export SKF_CloseContainer
func SKF_CloseContainer(container C.HCONTAINER) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.CloseContainer(on(container))
	})
}

//export SKF_EnumContainer
func SKF_EnumContainer(app C.HAPPLICATION, list C.LPSTR, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(list), size, func(out []byte, n *uint32) skf.Code { return a.EnumContainer(on(app), out, n) })
	})
}

//export SKF_GetContainerType
func SKF_GetContainerType(container C.HCONTAINER, kind *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.number(kind, func(v *uint32) skf.Code { return a.GetContainerType(on(container), v) })
	})
}

//export SKF_ImportCertificate
func SKF_ImportCertificate(container C.HCONTAINER, sign C.BOOL, cert *C.BYTE, n C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		der := a.in(cert, n)
		return a.call(func() skf.Code { return a.ImportCertificate(on(container), sign != 0, der) })
	})
}

//export SKF_ExportCertificate
func SKF_ExportCertificate(container C.HCONTAINER, sign C.BOOL, cert *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(cert), size, func(out []byte, n *uint32) skf.Code { return a.ExportCertificate(on(container), sign != 0, out, n) })
	})
}

//export SKF_ExportPublicKey
func SKF_ExportPublicKey(container C.HCONTAINER, sign C.BOOL, blob *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(blob), size, func(out []byte, n *uint32) skf.Code { return a.ExportPublicKey(on(container), sign != 0, out, n) })
	})
}
