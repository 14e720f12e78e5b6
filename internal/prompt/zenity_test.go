//go:build linux

package prompt

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
)

// desktop starts a screen of its own, and types on it.
func desktop(t *testing.T) (keys func(keys ...string)) {
	t.Helper()
	for _, program := range []string{"Xvfb", "zenity", "xdotool"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("XINZHANG_CI") == "1" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// -r: a busy machine must not take a finger that lies long for a key that repeats.
	x := exec.Command("Xvfb", "-r", "-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Process.Kill(); _ = x.Wait() })
	_ = w.Close()
	number := make([]byte, 16)
	n, err := r.Read(number) // Xvfb is ready when it tells its number
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(string(number[:n])))
	t.Setenv("WAYLAND_DISPLAY", "")
	return func(keys ...string) {
		t.Helper()
		// Without a window manager the pointer must be over the window.
		find := exec.Command("xdotool", "search", "--sync", "--onlyvisible", "--class", "zenity", "mousemove", "--window", "%1", "150", "60")
		if out, err := find.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		time.Sleep(time.Second)
		for _, k := range keys {
			args := []string{"key", k}
			if typed, ok := strings.CutPrefix(k, "type:"); ok {
				args = []string{"type", "--delay", "30", typed}
			}
			if out, err := exec.Command("xdotool", args...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	}
}

func question() Question {
	return Question{
		Operation: "0123456789abcdef", Kind: Act, Origin: "https://case.example", Secure: true, Action: "批准", NeedPIN: true,
		Documents: []Shown{{Title: "<b>建议书</b> & _more_", Page: 12, Digest: strings.Repeat("9f3c21a7", 8)}},
		Keys:      []Choice{{Key: keyring.Key{ID: "k1", Holder: "测试用户甲", Suited: true, SerialTail: "8421"}, Tries: keyring.Tries{Left: 10, Max: 10, Known: true}}},
		Selected:  "k1",
	}
}

func TestAPINIsTypedInAWindowOfTheDesktop(t *testing.T) {
	press := desktop(t)
	p, err := Native(fault.ZH)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	var typed []string
	done := make(chan error, 1)
	go func() {
		done <- p.Ask(ctx, question, func(_ context.Context, a Answer) error {
			typed = append(typed, string(a.PIN.Bytes()))
			if len(typed) == 1 {
				return fault.New(fault.PINIncorrect, "left", 9)
			}
			return nil
		})
	}()
	press("type:111222", "Return")
	time.Sleep(time.Second)
	press("type:482915", "Return")
	if err := <-done; err != nil || strings.Join(typed, " ") != "111222 482915" {
		t.Errorf("%v, typed %q", err, typed)
	}
	go func() { done <- p.Ask(ctx, question, func(context.Context, Answer) error { return nil }) }()
	press("Escape")
	if err := <-done; !errors.Is(err, fault.UserRefused) {
		t.Errorf("Escape: %v", err)
	}
}

func TestAWindowCloses(t *testing.T) {
	desktop(t)
	p, err := Native(fault.EN)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, fault.New(fault.UserAbsent))
	defer cancel()
	err = p.Ask(ctx, question, func(context.Context, Answer) error { return errors.New("nobody was there") })
	if !errors.Is(err, fault.UserAbsent) {
		t.Error(err)
	}
}

func TestWithoutADesktopThereIsNoWindow(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv(BrowserVariable, "")
	if _, err := Native(fault.ZH); !errors.Is(err, ErrNoDesktop) {
		t.Error(err)
	}
	if err := OpenApp(t.Context(), "http://127.0.0.1:18099/"); !errors.Is(err, ErrNoDesktop) {
		t.Error(err)
	}
}

func TestAQuestionInWordsHoldsWhatMatters(t *testing.T) {
	q := question()
	q.Secure = false
	q.Documents = append(q.Documents, Shown{Title: "摘要", OnlyHash: true})
	for lang, want := range map[fault.Lang][]string{
		fault.ZH: {"https://case.example", "批准", "没有加密", "建议书", "第 12 页", "9F3C21A7 9F3C21A7", "无法显示", "测试用户甲", "10 / 10", "共 2 份：在这个窗口里只能全部同意或全部拒绝"},
		fault.EN: {"https://case.example", "批准", "not encrypted", "page 12", "cannot be shown", "10 of 10", "2 documents: here you can agree to all of them or to none"},
	} {
		said := text(q, &q.Keys[0], nil, lang)
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: %q is missing in\n%s", lang, w, said)
			}
		}
	}
}
