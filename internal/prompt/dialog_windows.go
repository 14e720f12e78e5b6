package prompt

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/sys/windows"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// A dialog is one window of ours with everything on it: what is asked, the choices
// or the field for the PIN, yes and no. Windows has message boxes, which take no PIN,
// and a credential dialog, which cuts off what shall be signed after a line.
type dialog struct {
	title, text string
	choices     []string // radio buttons, the first is set
	check       string   // a box to tick; ""
	pin         bool     // a field for a PIN
	yes, no     string   // on the buttons

	ctx      context.Context
	chosen   int
	ticked   bool
	typed    token.PIN
	closable bool // the first half second is over
}

var (
	user32             = windows.NewLazySystemDLL("user32.dll")
	dialogBoxIndirect  = user32.NewProc("DialogBoxIndirectParamW")
	endDialog          = user32.NewProc("EndDialog")
	getDlgItem         = user32.NewProc("GetDlgItem")
	getDlgItemText     = user32.NewProc("GetDlgItemTextW")
	setDlgItemText     = user32.NewProc("SetDlgItemTextW")
	sendDlgItemMessage = user32.NewProc("SendDlgItemMessageW")
	enableWindow       = user32.NewProc("EnableWindow")
	setFocus           = user32.NewProc("SetFocus")
	setForeground      = user32.NewProc("SetForegroundWindow")
	setTimer           = user32.NewProc("SetTimer")
	killTimer          = user32.NewProc("KillTimer")
)

// Messages, and what a dialog procedure answers (winuser.h).
const (
	wmInitDialog = 0x0110
	wmCommand    = 0x0111
	wmTimer      = 0x0113
	emLimitText  = 0x00C5
	bmGetCheck   = 0x00F0
	bmSetCheck   = 0x00F1
	lowWord      = 0xFFFF // of WPARAM in WM_COMMAND: the item
	notHandled   = 0      // and to WM_INITDIALOG: the focus has been set
	handled      = 1
	noDialog     = -1 // what DialogBoxIndirectParam answers
)

// What stands on a dialog.
const (
	idYes    = 1 // IDOK: what Enter presses
	idNo     = 2 // IDCANCEL: what Escape presses
	idText   = 10
	idPIN    = 11
	idCheck  = 12
	idChoice = 20  // and upwards
	maxPIN   = 128 // characters
)

// Timers and their milliseconds.
const (
	timerInert    = 1
	inert         = 500 // guard 9
	timerContext  = 2
	contextPeriod = 200
)

// Dialogs that are open, by the number they were given. A callback can be made a few
// thousand times in a program, so there is one.
var (
	asked      sync.Map // uintptr → *dialog
	numbers    atomic.Uintptr
	shown      sync.Map // window → *dialog
	dialogProc = sync.OnceValue(func() uintptr { return syscall.NewCallback(onMessage) })
)

// show shows the dialog until it is answered or ctx ends, and reports whether it was
// a yes.
func (d *dialog) show(ctx context.Context) (bool, error) {
	runtime.LockOSThread() // a window belongs to the thread that made it
	defer runtime.UnlockOSThread()
	d.ctx = ctx
	number := numbers.Add(1)
	asked.Store(number, d)
	defer asked.Delete(number)
	template := d.template()
	answer, _, err := dialogBoxIndirect.Call(0, uintptr(unsafe.Pointer(&template[0])), 0, dialogProc(), number)
	switch {
	case ctx.Err() != nil:
		d.typed.Clear()
		return false, context.Cause(ctx)
	case int(answer) == noDialog || answer == 0:
		return false, fault.Wrap(fault.AgentNoWindow, err)
	}
	return answer == idYes, nil
}

// onMessage is the DLGPROC of all our dialogs.
func onMessage(window, message, w, l uintptr) uintptr {
	if message == wmInitDialog {
		v, _ := asked.Load(l)
		if d, ok := v.(*dialog); ok {
			shown.Store(window, d)
			d.begin(window)
		}
		return notHandled
	}
	v, _ := shown.Load(window)
	d, ok := v.(*dialog)
	if !ok {
		return notHandled
	}
	switch message {
	case wmTimer:
		d.tick(window, w)
	case wmCommand:
		switch id := w & lowWord; {
		case id == idYes && d.closable:
			d.take(window)
			d.close(window, idYes)
		case id == idNo:
			d.close(window, idNo)
		default:
			return notHandled
		}
	default:
		return notHandled
	}
	return handled
}

// begin makes the dialog ready: its yes is dead for half a second, since it may
// have come up under a finger that was on its way to another window.
func (d *dialog) begin(window uintptr) {
	_, _, _ = sendDlgItemMessage.Call(window, idPIN, emLimitText, maxPIN, 0)
	_, _, _ = sendDlgItemMessage.Call(window, idChoice, bmSetCheck, 1, 0)
	d.enable(window, idYes, false)
	_, _, _ = setTimer.Call(window, timerInert, inert, 0)
	_, _, _ = setTimer.Call(window, timerContext, contextPeriod, 0)
	focus := uintptr(idNo)
	switch {
	case d.pin:
		focus = idPIN
	case len(d.choices) > 0:
		focus = idChoice
	}
	if item, _, _ := getDlgItem.Call(window, focus); item != 0 {
		_, _, _ = setFocus.Call(item)
	}
	_, _, _ = setForeground.Call(window)
}

func (d *dialog) tick(window, timer uintptr) {
	switch timer {
	case timerInert:
		_, _, _ = killTimer.Call(window, timerInert)
		d.closable = true
		d.enable(window, idYes, true)
	case timerContext:
		if d.ctx.Err() != nil {
			d.close(window, idNo)
		}
	}
}

func (d *dialog) enable(window, id uintptr, on bool) {
	var flag uintptr
	if on {
		flag = 1
	}
	if item, _, _ := getDlgItem.Call(window, id); item != 0 {
		_, _, _ = enableWindow.Call(item, flag)
	}
}

// take reads what the person typed, ticked and chose.
func (d *dialog) take(window uintptr) {
	if d.pin {
		var wide [maxPIN + 1]uint16
		_, _, _ = getDlgItemText.Call(window, idPIN, uintptr(unsafe.Pointer(&wide[0])), uintptr(len(wide)))
		d.typed = token.NewPIN(narrow(wide[:]))
		clear(wide[:])
		_, _, _ = setDlgItemText.Call(window, idPIN, uintptr(unsafe.Pointer(&wide[0])))
	}
	d.ticked = isSet(window, idCheck)
	for i := range d.choices {
		if isSet(window, idChoice+uintptr(i)) {
			d.chosen = i
		}
	}
}

func isSet(window, id uintptr) bool {
	state, _, _ := sendDlgItemMessage.Call(window, id, bmGetCheck, 0, 0)
	return state == 1
}

func (d *dialog) close(window, answer uintptr) {
	shown.Delete(window)
	_, _, _ = endDialog.Call(window, answer)
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

// crlf ends lines as edit fields want them.
func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
