package prompt

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/sys/windows"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// win32 asks by message boxes and the credential dialog of Windows. It was built
// and not yet run on Windows.
type win32 struct{ words wording }

// Native returns the windows of the desktop.
func Native(lang fault.Lang) (Prompter, error) { return newNative(win32{wordings[lang]}, lang), nil }

func (win32) name() string { return "win32" }

var (
	credui                      = windows.NewLazySystemDLL("credui.dll")
	promptForCredentials        = credui.NewProc("CredUIPromptForCredentialsW")
	boxStyle             uint32 = windows.MB_SETFOREGROUND | windows.MB_TOPMOST | windows.MB_ICONQUESTION
)

// Answers of MessageBox.
const (
	idYes    = 6
	idNo     = 7
	idCancel = 2
)

func (w win32) box(text string, style uint32) (int32, error) {
	t, err := windows.UTF16PtrFromString(text)
	if err != nil {
		return 0, err
	}
	title, err := windows.UTF16PtrFromString(w.words.title)
	if err != nil {
		return 0, err
	}
	return windows.MessageBox(0, t, title, boxStyle|style)
}

// yes asks a question whose default is no.
func (w win32) yes(text string) (bool, error) {
	answer, err := w.box(text, windows.MB_YESNO|windows.MB_DEFBUTTON2)
	if err != nil && answer == 0 {
		return false, fault.Wrap(fault.AgentNoWindow, err)
	}
	return answer == idYes, nil
}

func (w win32) allow(_ context.Context, text string) (always bool, err error) {
	ok, err := w.yes(text)
	if err != nil || !ok {
		return false, errors.Join(err, refusedUnless(ok))
	}
	return w.yes(w.words.always + "?")
}

func refusedUnless(ok bool) error {
	if ok {
		return nil
	}
	return fault.New(fault.UserRefused)
}

// choose goes through the keys one by one.
func (w win32) choose(_ context.Context, keys []Choice) (string, error) {
	for i, k := range keys {
		answer, err := w.box(fmt.Sprintf("%s (%d/%d)\n\n%s", w.words.choose, i+1, len(keys), label(k)), windows.MB_YESNOCANCEL|windows.MB_DEFBUTTON3)
		switch {
		case answer == idYes:
			return k.ID, nil
		case answer == idNo:
			continue
		case answer == idCancel:
			return "", fault.New(fault.UserRefused)
		}
		return "", fault.Wrap(fault.AgentNoWindow, err)
	}
	return "", fault.New(fault.UserRefused)
}

func (w win32) confirm(_ context.Context, text string) error {
	ok, err := w.yes(text)
	return errors.Join(err, refusedUnless(ok))
}

// creduiInfo is CREDUI_INFOW.
type creduiInfo struct {
	size    uint32
	parent  windows.HWND
	message *uint16
	caption *uint16
	banner  windows.Handle
}

// Flags and limits of the credential dialog (wincred.h).
const (
	credAlwaysShow   = 0x00080
	credDoNotPersist = 0x00002
	credGeneric      = 0x40000
	credKeepUser     = 0x100000
	credMaxMessage   = 1023
	credMaxCaption   = 127
	credMaxPassword  = 256
	credMaxUser      = 513
)

// pin is the only window that Windows itself offers for a secret: the name field
// holds the product and is not the person's to change.
func (w win32) pin(_ context.Context, text string) (token.PIN, error) {
	message, err := windows.UTF16FromString(text)
	if err != nil {
		return token.PIN{}, err
	}
	if len(message) > credMaxMessage {
		message = append(message[:credMaxMessage-1], 0)
	}
	caption, err := windows.UTF16FromString(w.words.title)
	if err != nil {
		return token.PIN{}, err
	}
	target, err := windows.UTF16PtrFromString("xinzhang")
	if err != nil {
		return token.PIN{}, err
	}
	user := make([]uint16, credMaxUser)
	name, err := windows.UTF16FromString("UKey")
	if err != nil {
		return token.PIN{}, err
	}
	copy(user, name)
	password := make([]uint16, credMaxPassword)
	defer clear(password)
	info := creduiInfo{message: &message[0], caption: &caption[0]}
	info.size = uint32(unsafe.Sizeof(info))
	var save int32
	status, _, _ := promptForCredentials.Call(
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(target)), 0, 0,
		uintptr(unsafe.Pointer(&user[0])), uintptr(len(user)), uintptr(unsafe.Pointer(&password[0])), uintptr(len(password)),
		uintptr(unsafe.Pointer(&save)), credAlwaysShow|credDoNotPersist|credGeneric|credKeepUser)
	switch syscall.Errno(status) {
	case windows.ERROR_SUCCESS:
		return token.NewPIN(narrow(password)), nil
	case windows.ERROR_CANCELLED:
		return token.PIN{}, fault.New(fault.UserRefused)
	}
	return token.PIN{}, fault.Wrap(fault.AgentNoWindow, syscall.Errno(status))
}

// narrow writes UTF-16 as UTF-8 without a string in between, which could not be
// overwritten.
func narrow(wide []uint16) []byte {
	out := make([]byte, 0, 3*len(wide))
	for _, c := range wide {
		if c == 0 {
			break
		}
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}
