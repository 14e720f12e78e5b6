package skf

import (
	"context"
	"errors"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
)

// A Code is what an SKF function answers. Codes above [ReachMaxContainerCount]
// belong to vendors, who use the same numbers for different things.
type Code uint32

// The codes of GM/T 0016-2012, annex A.
const (
	OK                     Code = 0
	Fail                   Code = 0x0A000001
	UnknownErr             Code = 0x0A000002
	NotSupportYet          Code = 0x0A000003
	FileErr                Code = 0x0A000004
	InvalidHandle          Code = 0x0A000005
	InvalidParam           Code = 0x0A000006
	ReadFileErr            Code = 0x0A000007
	WriteFileErr           Code = 0x0A000008
	NameLenErr             Code = 0x0A000009
	KeyUsageErr            Code = 0x0A00000A
	ModulusLenErr          Code = 0x0A00000B
	NotInitialize          Code = 0x0A00000C
	ObjErr                 Code = 0x0A00000D
	MemoryErr              Code = 0x0A00000E
	Timeout                Code = 0x0A00000F
	InDataLenErr           Code = 0x0A000010
	InDataErr              Code = 0x0A000011
	GenRandErr             Code = 0x0A000012
	HashObjErr             Code = 0x0A000013
	HashErr                Code = 0x0A000014
	GenRSAKeyErr           Code = 0x0A000015
	RSAModulusLenErr       Code = 0x0A000016
	ImportPubKeyErr        Code = 0x0A000017
	RSAEncErr              Code = 0x0A000018
	RSADecErr              Code = 0x0A000019
	HashNotEqual           Code = 0x0A00001A
	KeyNotFound            Code = 0x0A00001B
	CertNotFound           Code = 0x0A00001C
	NotExport              Code = 0x0A00001D
	DecryptPadErr          Code = 0x0A00001E
	MACLenErr              Code = 0x0A00001F
	BufferTooSmall         Code = 0x0A000020
	KeyInfoTypeErr         Code = 0x0A000021
	NotEvent               Code = 0x0A000022
	DeviceRemoved          Code = 0x0A000023
	PINIncorrect           Code = 0x0A000024
	PINLocked              Code = 0x0A000025
	PINInvalid             Code = 0x0A000026
	PINLenRange            Code = 0x0A000027
	UserAlreadyLoggedIn    Code = 0x0A000028
	UserPINNotInitialized  Code = 0x0A000029
	UserTypeInvalid        Code = 0x0A00002A
	ApplicationNameInvalid Code = 0x0A00002B
	ApplicationExists      Code = 0x0A00002C
	UserNotLoggedIn        Code = 0x0A00002D
	ApplicationNotExists   Code = 0x0A00002E
	FileAlreadyExists      Code = 0x0A00002F
	NoRoom                 Code = 0x0A000030
	FileNotExist           Code = 0x0A000031
	ReachMaxContainerCount Code = 0x0A000032
)

// names are in the order of the codes, from SAR_FAIL on.
var names = [...]string{
	"FAIL", "UNKNOWNERR", "NOTSUPPORTYETERR", "FILEERR", "INVALIDHANDLEERR", "INVALIDPARAMERR", "READFILEERR",
	"WRITEFILEERR", "NAMELENERR", "KEYUSAGEERR", "MODULUSLENERR", "NOTINITIALIZEERR", "OBJERR", "MEMORYERR",
	"TIMEOUTERR", "INDATALENERR", "INDATAERR", "GENRANDERR", "HASHOBJERR", "HASHERR", "GENRSAKEYERR",
	"RSAMODULUSLENERR", "CSPIMPRTPUBKEYERR", "RSAENCERR", "RSADECERR", "HASHNOTEQUALERR", "KEYNOTFOUNTERR",
	"CERTNOTFOUNTERR", "NOTEXPORTERR", "DECRYPTPADERR", "MACLENERR", "BUFFER_TOO_SMALL", "KEYINFOTYPEERR",
	"NOT_EVENTERR", "DEVICE_REMOVED", "PIN_INCORRECT", "PIN_LOCKED", "PIN_INVALID", "PIN_LEN_RANGE",
	"USER_ALREADY_LOGGED_IN", "USER_PIN_NOT_INITIALIZED", "USER_TYPE_INVALID", "APPLICATION_NAME_INVALID",
	"APPLICATION_EXISTS", "USER_NOT_LOGGED_IN", "APPLICATION_NOT_EXISTS", "FILE_ALREADY_EXIST", "NO_ROOM",
	"FILE_NOT_EXIST", "REACH_MAX_CONTAINER_COUNT",
}

// Name returns the name of the standard, as SAR_PIN_LOCKED; "" for a code that
// the standard does not know.
func (c Code) Name() string {
	switch i := int64(c) - int64(Fail); {
	case c == OK:
		return "SAR_OK"
	case i >= 0 && i < int64(len(names)):
		return "SAR_" + names[i]
	}
	return ""
}

// Error gives the number and the name: vendors are asked by number.
func (c Code) Error() string {
	if name := c.Name(); name != "" {
		return fmt.Sprintf("%s (0x%08X)", name, uint32(c))
	}
	return fmt.Sprintf("SKF 0x%08X", uint32(c))
}

// A meaning pairs an answer with what a person is told.
type meaning struct {
	code  Code
	fault fault.Code
}

// answers say what a library of ours answers for a fault. The standard has no
// word for some: a first PIN that must be changed is "not initialised", what is
// there already is "an object error", the device key is counted like a PIN.
var answers = map[fault.Code]Code{
	fault.PINIncorrect:           PINIncorrect,
	fault.PINLocked:              PINLocked,
	fault.PINAdminIncorrect:      PINIncorrect,
	fault.PINAdminLocked:         PINLocked,
	fault.PINWeak:                PINInvalid,
	fault.PINLength:              PINLenRange,
	fault.PINMustChange:          UserPINNotInitialized,
	fault.PINNotVerified:         UserNotLoggedIn,
	fault.TokenAbsent:            DeviceRemoved,
	fault.TokenRemoved:           DeviceRemoved,
	fault.TokenBusy:              Timeout,
	fault.TokenBroken:            FileErr,
	fault.TokenFull:              NoRoom,
	fault.TokenName:              NameLenErr,
	fault.TokenAuthIncorrect:     PINIncorrect,
	fault.TokenAuthLocked:        PINLocked,
	fault.TokenAuthRequired:      UserNotLoggedIn,
	fault.TokenAuthDefault:       NotInitialize,
	fault.TokenFileAbsent:        FileNotExist,
	fault.TokenFileExists:        FileAlreadyExists,
	fault.TokenFileDenied:        UserNotLoggedIn,
	fault.TokenFileSize:          WriteFileErr,
	fault.AppAbsent:              ApplicationNotExists,
	fault.AppExists:              ApplicationExists,
	fault.ContainerAbsent:        KeyNotFound,
	fault.ContainerExists:        ObjErr,
	fault.ContainerKeyExists:     ObjErr,
	fault.ContainerNoCertificate: CertNotFound,
	fault.KeyAbsent:              KeyNotFound,
	fault.KeyCertMismatch:        InDataErr,
	fault.KeyEnvelopeMismatch:    InDataErr,
	fault.KeyUnsupported:         NotSupportYet,
	fault.CertBroken:             InDataErr,
	fault.FileUnreadable:         FileErr,
	fault.FileUnwritable:         FileErr,
}

// CodeOf returns what a library answers for err: the [Code] in it, else that of
// its fault, else SAR_FAIL. nil is SAR_OK.
func CodeOf(err error) Code {
	var c Code
	switch {
	case err == nil:
		return OK
	case errors.As(err, &c):
		return c
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, sm2enc.ErrDecrypt):
		return InDataErr
	}
	if c, ok := answers[fault.Of(err).Code]; ok {
		return c
	}
	return Fail
}

// meanings say what an answer of a vendor's library means whatever was called.
// Answers that depend on the call (KEYNOTFOUNTERR: no container, or no key) and
// those whose texts need more than the answer (tries, names) are the caller's.
var meanings = []meaning{
	{PINIncorrect, fault.PINIncorrect},
	{PINLocked, fault.PINLocked},
	{UserNotLoggedIn, fault.PINNotVerified},
	{UserPINNotInitialized, fault.PINMustChange},
	{DeviceRemoved, fault.TokenRemoved},
	{Timeout, fault.TokenBusy},
	{NoRoom, fault.TokenFull},
	{ReachMaxContainerCount, fault.TokenFull},
	{ApplicationNotExists, fault.AppAbsent},
	{ApplicationExists, fault.AppExists},
	{FileNotExist, fault.TokenFileAbsent},
	{FileAlreadyExists, fault.TokenFileExists},
	{CertNotFound, fault.ContainerNoCertificate},
	{KeyNotFound, fault.KeyAbsent},
	{PINLenRange, fault.PINLength},
	{NameLenErr, fault.TokenName},
	{ApplicationNameInvalid, fault.TokenName},
}

// Err returns nil for SAR_OK, else an error with what a person can be told, args
// put into its texts, and c kept inside for the log. PIN_INCORRECT becomes
// [fault.PINIncorrect] although it may be the admin PIN or the device key: the
// caller knows. A code without a meaning of its own is itself.
func (c Code) Err(args ...any) error {
	if c == OK {
		return nil
	}
	for _, m := range meanings {
		if m.code == c {
			return fault.Wrap(m.fault, c, args...)
		}
	}
	return c
}
