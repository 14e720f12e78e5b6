//go:build cgo

package main

// #include "skf.h"
import "C"

import (
	"unsafe"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/skfabi"
)

// SM2 with keys of containers and of the program.

//export SKF_GenECCKeyPair
func SKF_GenECCKeyPair(container C.HCONTAINER, alg C.ULONG, blob *C.ECCPUBLICKEYBLOB) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.GenECCKeyPair(on(container), uint32(alg), publicKey(blob))
	})
}

//export SKF_ImportECCKeyPair
func SKF_ImportECCKeyPair(container C.HCONTAINER, envelope *C.ENVELOPEDKEYBLOB) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.ImportECCKeyPair(on(container), structure(envelope, layout.EnvelopeSize()))
	})
}

//export SKF_ECCSignData
func SKF_ECCSignData(container C.HCONTAINER, data *C.BYTE, n C.ULONG, out *C.ECCSIGNATUREBLOB) C.ULONG {
	return answer(func(a *args) skf.Code {
		digest := a.in(data, n)
		return a.call(func() skf.Code { return a.ECCSignData(on(container), digest, signature(out)) })
	})
}

//export SKF_ECCVerify
func SKF_ECCVerify(dev C.DEVHANDLE, pub *C.ECCPUBLICKEYBLOB, data *C.BYTE, n C.ULONG, sig *C.ECCSIGNATUREBLOB) C.ULONG {
	return answer(func(a *args) skf.Code {
		digest := a.in(data, n)
		return a.call(func() skf.Code { return a.ECCVerify(on(dev), publicKey(pub), digest, signature(sig)) })
	})
}

//export SKF_ExtECCVerify
func SKF_ExtECCVerify(dev C.DEVHANDLE, pub *C.ECCPUBLICKEYBLOB, data *C.BYTE, n C.ULONG, sig *C.ECCSIGNATUREBLOB) C.ULONG {
	return answer(func(a *args) skf.Code {
		digest := a.in(data, n)
		return a.call(func() skf.Code { return a.ECCVerify(on(dev), publicKey(pub), digest, signature(sig)) })
	})
}

//export SKF_ECCExportSessionKey
func SKF_ECCExportSessionKey(container C.HCONTAINER, alg C.ULONG, pub *C.ECCPUBLICKEYBLOB, wrapped *C.ECCCIPHERBLOB, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		return a.handle(out, func(h *skfabi.Handle) skf.Code {
			return a.ECCExportSessionKey(on(container), uint32(alg), publicKey(pub), structure(wrapped, layout.CipherSize(sessionKey)), h)
		})
	})
}

//export SKF_ExtECCEncrypt
func SKF_ExtECCEncrypt(dev C.DEVHANDLE, pub *C.ECCPUBLICKEYBLOB, data *C.BYTE, n C.ULONG, out *C.ECCCIPHERBLOB) C.ULONG {
	return answer(func(a *args) skf.Code {
		plain := a.in(data, n)
		if len(plain) > skf.MaxText {
			a.refuse(skf.InDataLenErr)
		}
		return a.call(func() skf.Code {
			return a.ExtECCEncrypt(on(dev), publicKey(pub), plain, structure(out, layout.CipherSize(len(plain))))
		})
	})
}

//export SKF_ExtECCDecrypt
func SKF_ExtECCDecrypt(dev C.DEVHANDLE, private *C.ECCPRIVATEKEYBLOB, data *C.ECCCIPHERBLOB, plain *C.BYTE, size *C.ULONG) C.ULONG {
	return answer(func(a *args) skf.Code {
		blob := a.cipher(data)
		return a.sized(unsafe.Pointer(plain), size, func(out []byte, n *uint32) skf.Code {
			return a.ExtECCDecrypt(on(dev), privateKey(private), blob, out, n)
		})
	})
}

//export SKF_ExtECCSign
func SKF_ExtECCSign(dev C.DEVHANDLE, private *C.ECCPRIVATEKEYBLOB, data *C.BYTE, n C.ULONG, out *C.ECCSIGNATUREBLOB) C.ULONG {
	return answer(func(a *args) skf.Code {
		digest := a.in(data, n)
		return a.call(func() skf.Code { return a.ExtECCSign(on(dev), privateKey(private), digest, signature(out)) })
	})
}

//export SKF_GenerateAgreementDataWithECC
func SKF_GenerateAgreementDataWithECC(container C.HCONTAINER, alg C.ULONG, tmpPub *C.ECCPUBLICKEYBLOB, id *C.BYTE, idLen C.ULONG, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		own := a.in(id, idLen)
		return a.handle(out, func(h *skfabi.Handle) skf.Code {
			return a.GenerateAgreementDataWithECC(on(container), uint32(alg), publicKey(tmpPub), own, h)
		})
	})
}

//export SKF_GenerateAgreementDataAndKeyWithECC
func SKF_GenerateAgreementDataAndKeyWithECC(container C.HCONTAINER, alg C.ULONG, sponsorPub, sponsorTmpPub, tmpPub *C.ECCPUBLICKEYBLOB, id *C.BYTE, idLen C.ULONG, sponsorID *C.BYTE, sponsorIDLen C.ULONG, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		own, sponsor := a.in(id, idLen), a.in(sponsorID, sponsorIDLen)
		return a.handle(out, func(h *skfabi.Handle) skf.Code {
			return a.GenerateAgreementDataAndKeyWithECC(on(container), uint32(alg), publicKey(sponsorPub), publicKey(sponsorTmpPub), publicKey(tmpPub), own, sponsor, h)
		})
	})
}

//export SKF_GenerateKeyWithECC
func SKF_GenerateKeyWithECC(agreement C.HANDLE, pub, tmpPub *C.ECCPUBLICKEYBLOB, id *C.BYTE, idLen C.ULONG, out *C.HANDLE) C.ULONG {
	return answer(func(a *args) skf.Code {
		peer := a.in(id, idLen)
		return a.handle(out, func(h *skfabi.Handle) skf.Code {
			return a.GenerateKeyWithECC(on(agreement), publicKey(pub), publicKey(tmpPub), peer, h)
		})
	})
}
