package apdu

import (
	"fmt"

	"xinzhang/internal/format/skf"
)

// An SW is a status word. As an error it says its number; hosts tell people
// what [SW.Code] means.
type SW uint16

// The status words that are used.
const (
	OK               SW = 0x9000
	MemoryFailure    SW = 0x6581 // the storage cannot be read or written
	WrongLength      SW = 0x6700
	SecurityStatus   SW = 0x6982 // a PIN or the device key is needed first
	Locked           SW = 0x6983
	WeakPIN          SW = 0x6984 // "referenced data invalid"; ours: the new PIN is refused, no try spent
	FirstPIN         SW = 0x6985 // "conditions not satisfied"; ours: the first PIN must be changed
	FactoryKey       SW = 0x6986 // "command not allowed"; ours: the factory device key still stands
	NoChallenge      SW = 0x6988 // "secure messaging data"; ours: a Secret or an answer without its challenge
	AppNotOpen       SW = 0x698A
	WrongData        SW = 0x6A80
	Unsupported      SW = 0x6A81
	NoRoom           SW = 0x6A84
	WrongP1P2        SW = 0x6A86
	AppAbsent        SW = 0x6A88
	AppExists        SW = 0x6A89
	KeyHandleAbsent  SW = 0x6A8C // no session key of that ID, or not initialised
	DataError        SW = 0x6A8D // a key, certificate or envelope that does not belong here
	ContainerAbsent  SW = 0x6A91
	FileExists       SW = 0x6A92
	FileAbsent       SW = 0x6A93
	ContainerUnknown SW = 0x6A94 // no container of that ID
	KeyAbsent        SW = 0x6A95
	CertAbsent       SW = 0x6A96
	VerifyFailed     SW = 0x6A98 // the signature is wrong
	DecryptFailed    SW = 0x6A9B
	WrongOffset      SW = 0x6B00
	WrongLe          SW = 0x6C00
	UnknownINS       SW = 0x6D00 // one implementation says 6A81
	UnknownCLA       SW = 0x6E00
	TooLong          SW = 0x6E01
	Exists           SW = 0x6E02 // the container, or its key
	Internal         SW = 0x6F00 // ISO 7816-4: no precise diagnosis
)

// TriesLeft is 63Cx: wrong, x tries are left. x has four bits.
func TriesLeft(x int) SW { return 0x63C0 | SW(min(max(x, 0), 15)) }

// Left returns the x of 63Cx.
func (s SW) Left() (tries int, told bool) { return int(s & 0xF), s&0xFFF0 == 0x63C0 }

// Error gives the number.
func (s SW) Error() string { return fmt.Sprintf("status word %04X", uint16(s)) }

// codes say what a driver answers; a word that is not here is SAR_FAIL.
var codes = map[SW]skf.Code{
	OK:               skf.OK,
	MemoryFailure:    skf.FileErr,
	WrongLength:      skf.InDataLenErr,
	SecurityStatus:   skf.UserNotLoggedIn,
	Locked:           skf.PINLocked,
	WeakPIN:          skf.PINInvalid,
	FirstPIN:         skf.UserPINNotInitialized,
	FactoryKey:       skf.NotInitialize,
	AppNotOpen:       skf.ApplicationNotExists,
	WrongData:        skf.InDataErr,
	Unsupported:      skf.NotSupportYet,
	NoRoom:           skf.NoRoom,
	AppAbsent:        skf.ApplicationNotExists,
	AppExists:        skf.ApplicationExists,
	KeyHandleAbsent:  skf.NotInitialize,
	DataError:        skf.InDataErr,
	ContainerAbsent:  skf.KeyNotFound,
	FileExists:       skf.FileAlreadyExists,
	FileAbsent:       skf.FileNotExist,
	ContainerUnknown: skf.KeyNotFound,
	KeyAbsent:        skf.KeyNotFound,
	CertAbsent:       skf.CertNotFound,
	DecryptFailed:    skf.InDataErr,
	WrongOffset:      skf.WriteFileErr,
	UnknownINS:       skf.NotSupportYet,
	TooLong:          skf.InDataLenErr,
	Exists:           skf.ObjErr,
}

// Code returns what an SKF library answers for the word.
func (s SW) Code() skf.Code {
	if _, told := s.Left(); told {
		return skf.PINIncorrect
	}
	if c, ok := codes[s]; ok {
		return c
	}
	return skf.Fail
}
