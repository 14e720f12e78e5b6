// Package card is a UKey that speaks APDUs (the shape of GM/T 0017) over any
// token of ours: the inside of a virtual smart card.
//
//	c := card.New(soft.New(dir), "key-1")
//	c.PowerUp(ctx)                 // a reader does so when the card comes in
//	answer := c.Transmit(ctx, b)   // a response APDU for a command APDU
//	c.PowerDown()                  // everything verified is forgotten
//
// It is for tests of drivers and of everything above them, with plugging and
// unplugging on a real smart-card stack. Tries, locks and durability are those of
// the token underneath; nothing of them is kept here.
//
// # States
//
// Each OpenApplication gives an ID of its own, and what was verified on it holds
// for that ID until CloseApplication, ClearSecureState or the loss of power:
// tokens of the field mostly share one state among all who talk to them. The
// device key, once proven, holds for everybody until the loss of power.
// CloseContainer only acknowledges.
//
// # PINs
//
// PINs and the new device key come encrypted to a key that the card makes at each
// power-up, with a challenge that is used once: [apdu.Secret]. The device key
// itself never travels: DevAuth answers a challenge.
//
// Every octet string gets a status word. Commands that are not in
// [apdu.INS] are 6D00; RSA, symmetric keys in clear and key agreement are not
// offered.
package card

import (
	"context"
	"crypto/rand"
	"errors"
	"hash"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// A Card is one card with one token inside. One goroutine at a time may use it.
type Card struct {
	driver token.Driver
	name   string

	// Everything below lives from PowerUp to PowerDown.
	device    token.Device // nil: no power
	key       *sm2.PrivateKey
	challenge []byte // that the next answer must hold; nil: none
	table     table
	digest    hash.Hash // under way; nil: none
}

// New returns a card without power whose inside is the token name of driver.
func New(driver token.Driver, name string) *Card { return &Card{driver: driver, name: name} }

// ATR returns the answer to reset: T=1, historical bytes "XZUKEY".
func (c *Card) ATR() []byte {
	atr := append([]byte{0x3B, 0x80 | byte(len(historical)), 0x01}, historical...)
	var check byte
	for _, octet := range atr[1:] {
		check ^= octet
	}
	return append(atr, check)
}

const historical = "XZUKEY"

// PowerUp connects to the token, with nothing verified. A card that has power is
// reset.
func (c *Card) PowerUp(ctx context.Context) error {
	c.PowerDown()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	device, err := c.driver.Connect(ctx, c.name)
	if err != nil {
		return err
	}
	c.device, c.key, c.table = device, key, newTable()
	return nil
}

// PowerDown forgets what was opened and verified.
func (c *Card) PowerDown() {
	if c.device == nil {
		return
	}
	_ = c.device.Close() // ends its applications; nothing of it is needed any more
	c.table.wipe()
	*c = Card{driver: c.driver, name: c.name}
}

// Transmit answers a command APDU. Without power it answers 6F00.
func (c *Card) Transmit(ctx context.Context, command []byte) []byte {
	data, err := c.answer(ctx, command)
	if err != nil {
		return apdu.Response{SW: statusOf(err)}.Marshal()
	}
	return apdu.Response{Data: data, SW: apdu.OK}.Marshal()
}

func (c *Card) answer(ctx context.Context, command []byte) ([]byte, error) {
	if c.device == nil {
		return nil, apdu.Internal
	}
	cmd, err := apdu.ParseCommand(command)
	if err != nil {
		return nil, apdu.WrongLength
	}
	if cmd.CLA != apdu.CLA {
		return nil, apdu.UnknownCLA
	}
	do, known := commands[cmd.INS]
	switch {
	case !known:
		return nil, apdu.UnknownINS
	case len(cmd.Data) > apdu.MaxData:
		return nil, apdu.TooLong
	}
	data, err := do(c, ctx, cmd)
	if err != nil {
		return nil, err
	}
	if cmd.Le > 0 && len(data) > cmd.Le {
		return nil, apdu.WrongLe
	}
	return data, nil
}

// A command does its work and gives the data of the answer.
type command func(*Card, context.Context, apdu.Command) ([]byte, error)

var commands = map[apdu.INS]command{
	apdu.SetLabel: (*Card).setLabel, apdu.GetDevInfo: (*Card).getDevInfo, apdu.GenRandom: (*Card).genRandom,
	apdu.GetCardKey: (*Card).getCardKey, apdu.DevAuth: (*Card).devAuth, apdu.ChangeAuthKey: (*Card).changeAuthKey,

	apdu.GetPINInfo: (*Card).getPINInfo, apdu.ChangePIN: (*Card).changePIN, apdu.VerifyPIN: (*Card).verifyPIN,
	apdu.UnblockPIN: (*Card).unblockPIN, apdu.ClearSecureState: (*Card).clearSecureState,

	apdu.CreateApplication: (*Card).createApplication, apdu.EnumApplication: (*Card).enumApplication,
	apdu.DeleteApplication: (*Card).deleteApplication, apdu.OpenApplication: (*Card).openApplication,
	apdu.CloseApplication: (*Card).closeApplication,

	apdu.CreateFile: (*Card).createFile, apdu.DeleteFile: (*Card).deleteFile, apdu.EnumFiles: (*Card).enumFiles,
	apdu.GetFileInfo: (*Card).getFileInfo, apdu.ReadFile: (*Card).readFile, apdu.WriteFile: (*Card).writeFile,

	apdu.CreateContainer: (*Card).createContainer, apdu.OpenContainer: (*Card).openContainer,
	apdu.CloseContainer: (*Card).closeContainer, apdu.EnumContainer: (*Card).enumContainer,
	apdu.DeleteContainer: (*Card).deleteContainer, apdu.GetContainerInfo: (*Card).getContainerInfo,
	apdu.ImportCertificate: (*Card).importCertificate, apdu.ExportCertificate: (*Card).exportCertificate,

	apdu.GenECCKeyPair: (*Card).genECCKeyPair, apdu.ImportECCKeyPair: (*Card).importECCKeyPair,
	apdu.ECCSign: (*Card).eccSign, apdu.ECCVerify: (*Card).eccVerify, apdu.ExportPublicKey: (*Card).exportPublicKey,

	apdu.ImportSessionKey: (*Card).importSessionKey, apdu.DecryptInit: (*Card).decryptInit,
	apdu.Decrypt: (*Card).decryptAll, apdu.DecryptUpdate: (*Card).decryptUpdate, apdu.DecryptFinal: (*Card).decryptFinal,
	apdu.DestroySessionKey: (*Card).destroySessionKey,

	apdu.DigestInit: (*Card).digestInit, apdu.Digest: (*Card).digestAll, apdu.DigestUpdate: (*Card).digestUpdate,
	apdu.DigestFinal: (*Card).digestFinal,
}

// words say what is answered for a fault.
var words = map[fault.Code]apdu.SW{
	fault.PINLocked:              apdu.Locked,
	fault.PINAdminLocked:         apdu.Locked,
	fault.TokenAuthLocked:        apdu.Locked,
	fault.PINWeak:                apdu.WeakPIN,
	fault.PINLength:              apdu.WrongData,
	fault.PINMustChange:          apdu.FirstPIN,
	fault.PINNotVerified:         apdu.SecurityStatus,
	fault.TokenAuthRequired:      apdu.SecurityStatus,
	fault.TokenAuthDefault:       apdu.FactoryKey,
	fault.TokenFull:              apdu.NoRoom,
	fault.TokenName:              apdu.WrongData,
	fault.TokenFileAbsent:        apdu.FileAbsent,
	fault.TokenFileExists:        apdu.FileExists,
	fault.TokenFileDenied:        apdu.SecurityStatus,
	fault.TokenFileSize:          apdu.WrongOffset,
	fault.TokenRemoved:           apdu.MemoryFailure,
	fault.TokenBusy:              apdu.MemoryFailure,
	fault.TokenBroken:            apdu.MemoryFailure,
	fault.FileUnreadable:         apdu.MemoryFailure,
	fault.FileUnwritable:         apdu.MemoryFailure,
	fault.AppAbsent:              apdu.AppAbsent,
	fault.AppExists:              apdu.AppExists,
	fault.ContainerAbsent:        apdu.ContainerAbsent,
	fault.ContainerExists:        apdu.Exists,
	fault.ContainerKeyExists:     apdu.Exists,
	fault.ContainerNoCertificate: apdu.CertAbsent,
	fault.KeyAbsent:              apdu.KeyAbsent,
	fault.KeyCertMismatch:        apdu.DataError,
	fault.KeyEnvelopeMismatch:    apdu.DataError,
	fault.CertBroken:             apdu.DataError,
}

func statusOf(err error) apdu.SW {
	var sw apdu.SW
	f := fault.Of(err)
	switch {
	case errors.As(err, &sw):
		return sw
	case errors.Is(err, sm2enc.ErrDecrypt):
		return apdu.DecryptFailed
	case f.Code == fault.PINIncorrect, f.Code == fault.PINAdminIncorrect, f.Code == fault.TokenAuthIncorrect:
		left, _ := f.Args["left"].(int)
		return apdu.TriesLeft(left)
	}
	if sw, ok := words[f.Code]; ok {
		return sw
	}
	return apdu.Internal
}

// ended is the end of a command's data, where a length or a value is wrong.
func ended(r *apdu.Reader) error {
	switch err := r.End(); {
	case err == nil:
		return nil
	case errors.Is(err, apdu.ErrShort):
		return apdu.WrongLength
	}
	return apdu.WrongData
}
