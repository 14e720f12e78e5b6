//go:build cgo

package main

// #include "skf.h"
import "C"

import "xinzhang/internal/format/skf"

// What our UKeys do not do: RSA, and commands of cards.

//export SKF_Transmit
func SKF_Transmit(C.DEVHANDLE, *C.BYTE, C.ULONG, *C.BYTE, *C.ULONG) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_GenExtRSAKey
func SKF_GenExtRSAKey(C.DEVHANDLE, C.ULONG, *C.RSAPRIVATEKEYBLOB) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_GenRSAKeyPair
func SKF_GenRSAKeyPair(C.HCONTAINER, C.ULONG, *C.RSAPUBLICKEYBLOB) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_ImportRSAKeyPair
func SKF_ImportRSAKeyPair(C.HCONTAINER, C.ULONG, *C.BYTE, C.ULONG, *C.BYTE, C.ULONG) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_RSASignData
func SKF_RSASignData(C.HCONTAINER, *C.BYTE, C.ULONG, *C.BYTE, *C.ULONG) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_RSAVerify
func SKF_RSAVerify(C.DEVHANDLE, *C.RSAPUBLICKEYBLOB, *C.BYTE, C.ULONG, *C.BYTE, C.ULONG) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_RSAExportSessionKey
func SKF_RSAExportSessionKey(C.HCONTAINER, C.ULONG, *C.RSAPUBLICKEYBLOB, *C.BYTE, *C.ULONG, *C.HANDLE) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_ExtRSAPubKeyOperation
func SKF_ExtRSAPubKeyOperation(C.DEVHANDLE, *C.RSAPUBLICKEYBLOB, *C.BYTE, C.ULONG, *C.BYTE, *C.ULONG) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}

//export SKF_ExtRSAPriKeyOperation
func SKF_ExtRSAPriKeyOperation(C.DEVHANDLE, *C.RSAPRIVATEKEYBLOB, *C.BYTE, C.ULONG, *C.BYTE, *C.ULONG) C.ULONG {
	return C.ULONG(skf.NotSupportYet)
}
