//go:build cgo

package main

// #include "skf.h"
import "C"

import (
	"unsafe"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/skfabi"
)

// Applications, PINs and files.

//export SKF_CreateApplication
func SKF_CreateApplication(dev C.DEVHANDLE, name, adminPIN C.LPSTR, adminTries C.ULONG, userPIN C.LPSTR, userTries, createFiles C.ULONG, app *C.HAPPLICATION) C.ULONG {
	return answer(func(a *args) skf.Code {
		application, admin, user := a.text(name), a.pin(adminPIN), a.pin(userPIN)
		return a.handle(app, func(h *skfabi.Handle) skf.Code {
			return a.CreateApplication(on(dev), application, admin, uint32(adminTries), user, uint32(userTries), uint32(createFiles), h)
		})
	})
}

//export SKF_EnumApplication
func SKF_EnumApplication(dev C.DEVHANDLE, list C.LPSTR, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(list), size, func(out []byte, n *uint32) skf.Code { return a.EnumApplication(on(dev), out, n) })
	})
}

//export SKF_DeleteApplication
func SKF_DeleteApplication(dev C.DEVHANDLE, name C.LPSTR) C.ULONG {
	return answer(func(a *args) skf.Code {
		application := a.text(name)
		return a.call(func() skf.Code { return a.DeleteApplication(on(dev), application) })
	})
}

//export SKF_OpenApplication
func SKF_OpenApplication(dev C.DEVHANDLE, name C.LPSTR, app *C.HAPPLICATION) C.ULONG {
	return answer(func(a *args) skf.Code {
		application := a.text(name)
		return a.handle(app, func(h *skfabi.Handle) skf.Code { return a.OpenApplication(on(dev), application, h) })
	})
}

//export SKF_CloseApplication
func SKF_CloseApplication(app C.HAPPLICATION) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.CloseApplication(on(app))
	})
}

//export SKF_GetPINInfo
func SKF_GetPINInfo(app C.HAPPLICATION, kind C.ULONG, most, left *C.ULONG, first *C.BOOL) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.number(most, func(mostOut *uint32) skf.Code {
			return a.number(left, func(leftOut *uint32) skf.Code {
				var isFirst uint32
				code := a.GetPINInfo(on(app), uint32(kind), mostOut, leftOut, &isFirst)
				if code == skf.OK && first != nil {
					*first = C.BOOL(isFirst)
				}
				return code
			})
		})
	})
}

//export SKF_VerifyPIN
func SKF_VerifyPIN(app C.HAPPLICATION, kind C.ULONG, pin C.LPSTR, retry *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		characters := a.pin(pin)
		return a.number(retry, func(v *uint32) skf.Code { return a.VerifyPIN(on(app), uint32(kind), characters, v) })
	})
}

//export SKF_ChangePIN
func SKF_ChangePIN(app C.HAPPLICATION, kind C.ULONG, old, next C.LPSTR, retry *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		before, after := a.pin(old), a.pin(next)
		return a.number(retry, func(v *uint32) skf.Code { return a.ChangePIN(on(app), uint32(kind), before, after, v) })
	})
}

//export SKF_UnblockPIN
func SKF_UnblockPIN(app C.HAPPLICATION, adminPIN, userPIN C.LPSTR, retry *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		admin, user := a.pin(adminPIN), a.pin(userPIN)
		return a.number(retry, func(v *uint32) skf.Code { return a.UnblockPIN(on(app), admin, user, v) })
	})
}

//export SKF_ClearSecureState
func SKF_ClearSecureState(app C.HAPPLICATION) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.ClearSecureState(on(app))
	})
}

//export SKF_CreateFile
func SKF_CreateFile(app C.HAPPLICATION, name C.LPSTR, size, read, write C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		file := a.text(name)
		return a.call(func() skf.Code { return a.CreateFile(on(app), file, uint32(size), uint32(read), uint32(write)) })
	})
}

//export SKF_DeleteFile
func SKF_DeleteFile(app C.HAPPLICATION, name C.LPSTR) C.ULONG {
	return answer(func(a *args) skf.Code {
		file := a.text(name)
		return a.call(func() skf.Code { return a.DeleteFile(on(app), file) })
	})
}

//export SKF_EnumFiles
func SKF_EnumFiles(app C.HAPPLICATION, list C.LPSTR, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(list), size, func(out []byte, n *uint32) skf.Code { return a.EnumFiles(on(app), out, n) })
	})
}

//export SKF_GetFileInfo
func SKF_GetFileInfo(app C.HAPPLICATION, name C.LPSTR, info *C.FILEATTRIBUTE) C.ULONG {
	return answer(func(a *args) skf.Code {
		file := a.text(name)
		return a.call(func() skf.Code { return a.GetFileInfo(on(app), file, structure(info, layout.FileAttributeSize())) })
	})
}

//export SKF_ReadFile
func SKF_ReadFile(app C.HAPPLICATION, name C.LPSTR, offset, size C.ULONG, data *C.BYTE, dataLen *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		file := a.text(name)
		return a.sized(unsafe.Pointer(data), dataLen, func(out []byte, n *uint32) skf.Code {
			return a.ReadFile(on(app), file, uint32(offset), uint32(size), out, n)
		})
	})
}

//export SKF_WriteFile
func SKF_WriteFile(app C.HAPPLICATION, name C.LPSTR, offset C.ULONG, data *C.BYTE, size C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		file, content := a.text(name), a.in(data, size)
		return a.call(func() skf.Code { return a.WriteFile(on(app), file, uint32(offset), content) })
	})
}
