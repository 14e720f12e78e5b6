//go:build cgo

package main

// #include "skf.h"
import "C"

import (
	"unsafe"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/skfabi"
)

// Devices, events and device authentication.

//export SKF_WaitForDevEvent
func SKF_WaitForDevEvent(name C.LPSTR, nameLen, event *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.number(event, func(v *uint32) skf.Code {
			return a.sized(unsafe.Pointer(name), nameLen, func(out []byte, n *uint32) skf.Code { return a.WaitForDevEvent(out, n, v) })
		})
	})
}

//export SKF_CancelWaitForDevEvent
func SKF_CancelWaitForDevEvent() C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.CancelWaitForDevEvent()
	})
}

//export SKF_EnumDev
func SKF_EnumDev(present C.BOOL, list C.LPSTR, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.sized(unsafe.Pointer(list), size, func(out []byte, n *uint32) skf.Code { return a.EnumDev(present != 0, out, n) })
	})
}

//export SKF_ConnectDev
func SKF_ConnectDev(name C.LPSTR, dev *C.DEVHANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		device := a.text(name)
		return a.handle(dev, func(h *skfabi.Handle) skf.Code { return a.ConnectDev(device, h) })
	})
}

//export SKF_DisConnectDev
func SKF_DisConnectDev(dev C.DEVHANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.DisConnectDev(on(dev))
	})
}

//export SKF_GetDevState
func SKF_GetDevState(name C.LPSTR, state *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		device := a.text(name)
		return a.number(state, func(v *uint32) skf.Code { return a.GetDevState(device, v) })
	})
}

//export SKF_SetLabel
func SKF_SetLabel(dev C.DEVHANDLE, label C.LPSTR) C.ULONG {
	return answer(func(a *args) skf.Code {
		text := a.octets(label, skf.NameLenErr)
		return a.call(func() skf.Code { return a.SetLabel(on(dev), text) })
	})
}

//export SKF_GetDevInfo
func SKF_GetDevInfo(dev C.DEVHANDLE, info *C.DEVINFO) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.GetDevInfo(on(dev), structure(info, layout.DevInfoSize()))
	})
}

//export SKF_LockDev
func SKF_LockDev(dev C.DEVHANDLE, timeout C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.LockDev(on(dev), uint32(timeout))
	})
}

//export SKF_UnlockDev
func SKF_UnlockDev(dev C.DEVHANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.UnlockDev(on(dev))
	})
}

//export SKF_ChangeDevAuthKey
func SKF_ChangeDevAuthKey(dev C.DEVHANDLE, key *C.BYTE, n C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		value := a.in(key, n)
		return a.call(func() skf.Code { return a.ChangeDevAuthKey(on(dev), value) })
	})
}

//export SKF_DevAuth
func SKF_DevAuth(dev C.DEVHANDLE, data *C.BYTE, n C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		value := a.in(data, n)
		return a.call(func() skf.Code { return a.DevAuth(on(dev), value) })
	})
}

//export SKF_GenRandom
func SKF_GenRandom(dev C.DEVHANDLE, out *C.BYTE, n C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		data := a.in(out, n) // to be written here
		return a.call(func() skf.Code { return a.GenRandom(on(dev), data) })
	})
}
