package soft

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// When helperDir is set, the test binary is the program that is killed: helperDo
// says which.
const (
	helperDir = "XINZHANG_TOKEN_HELPER_DIR"
	helperDo  = "XINZHANG_TOKEN_HELPER_DO"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(helperDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	time.AfterFunc(time.Minute, func() { os.Exit(3) }) // should nobody be left to kill it
	act := guessUntilLocked
	if os.Getenv(helperDo) == "change" {
		act = changeForEver
	}
	if err := act(context.Background(), dir); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// helper opens the token as a program of its own; each step takes a random while,
// so that it is killed everywhere.
func helper(ctx context.Context, dir string) (token.Application, error) {
	d := cheap(dir)
	d.hooks.step = func(string) error { time.Sleep(rand.N(1500 * time.Microsecond)); return nil }
	d.hooks.comparing = func() { note(dir) }
	dev, err := d.Connect(ctx, "key-1")
	if err != nil {
		return nil, err
	}
	app, err := dev.OpenApplication(ctx, "APP")
	fmt.Println("ready")
	return app, err
}

// note counts a comparison where a killed process cannot lose it.
func note(dir string) {
	f := must(os.OpenFile(filepath.Join(dir, "comparisons"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600))
	must(f.Write([]byte{'.'}))
	_ = f.Close()
}

func guessUntilLocked(ctx context.Context, dir string) error {
	app, err := helper(ctx, dir)
	if err != nil {
		return err
	}
	for {
		guess := fmt.Sprintf("guess-%06d", rand.IntN(1_000_000))
		switch err := app.VerifyPIN(ctx, token.UserPIN, pin(guess)); {
		case errors.Is(err, fault.PINLocked):
			return nil
		case !errors.Is(err, fault.PINIncorrect):
			return fmt.Errorf("a guess gives %w", err)
		}
	}
}

func changeForEver(ctx context.Context, dir string) error {
	app, err := helper(ctx, dir)
	if err != nil {
		return err
	}
	from, to := user, other
	if err := app.VerifyPIN(ctx, token.UserPIN, pin(from)); errors.Is(err, fault.PINIncorrect) {
		from, to = to, from
	}
	for ; ; from, to = to, from {
		if err := app.ChangePIN(ctx, token.UserPIN, pin(from), pin(to)); err != nil {
			return err
		}
	}
}

// A program is a helper that runs.
type program struct {
	cmd   *exec.Cmd
	ready chan struct{} // closed when it is connected, or has ended
	done  chan error
}

func (w *world) start(do string) *program {
	w.Helper()
	cmd := exec.Command(must(os.Executable()), "-test.run=^$")
	cmd.Env = append(os.Environ(), helperDir+"="+w.dir, helperDo+"="+do)
	cmd.Stderr = os.Stderr
	p := &program{cmd: cmd, ready: make(chan struct{}), done: make(chan error, 1)}
	out := bufio.NewScanner(must(cmd.StdoutPipe()))
	w.must(cmd.Start())
	go func() {
		if out.Scan() && out.Text() != "ready" {
			w.Log("the program says", out.Text())
		}
		close(p.ready)
		for out.Scan() {
			w.Log("the program says", out.Text())
		}
		p.done <- cmd.Wait()
	}()
	return p
}

// kill ends the program at once, as kill -9 does, and reports whether it had
// ended well by itself before.
func (p *program) kill() bool {
	_ = p.cmd.Process.Kill()
	err := <-p.done
	p.done <- err
	return err == nil
}

// peek reads the tries left without taking part: files are replaced whole.
func (w *world) peek() int {
	w.Helper()
	s, err := decode(w.read(mainSuffix))
	w.must(err)
	return s.Apps[0].User.Left
}

func rounds(short int) int {
	if soak() {
		return 200
	}
	return short
}

// Two programs guess, always wrong, and are killed at random times, again and
// again until nothing is left: never more than ten comparisons.
func TestGuessersThatAreKilledGetTenTries(t *testing.T) {
	var kills, wasted int
	for round := range rounds(6) {
		w := newWorld(t)
		running := [2]*program{w.start("guess"), w.start("guess")}
		for turn := 0; w.peek() > 0; turn++ {
			if turn > 1000 {
				t.Fatal("the token never locks")
			}
			i := rand.IntN(2)
			if rand.IntN(4) > 0 { // else it may die while it connects
				<-running[i].ready
			}
			time.Sleep(rand.N(6 * time.Millisecond))
			if running[i].kill() {
				break
			}
			kills++
			running[i] = w.start("guess")
		}
		for _, p := range running { // each hears that it is locked
			if err := <-p.done; err != nil {
				t.Errorf("round %d: a guesser ends with %v", round, err)
			}
		}
		compared := 0
		if info, err := os.Stat(filepath.Join(w.dir, "comparisons")); err == nil {
			compared = int(info.Size())
		}
		if compared > token.Tries {
			t.Fatalf("round %d: %d comparisons", round, compared)
		}
		wasted += token.Tries - compared
		if left := w.left(token.UserPIN); left != 0 {
			t.Errorf("round %d: %d tries left", round, left)
		}
		if err := w.signs(user); !errors.Is(err, fault.PINLocked) {
			t.Errorf("round %d: the right PIN gives %v", round, err)
		}
		w.must(w.app().UnblockPIN(w.ctx, pin(admin), pin(other)))
		w.must(w.signs(other))
	}
	t.Logf("%d rounds, %d kills, %d tries lost to a kill before their comparison", rounds(6), kills, wasted)
	if kills == 0 {
		t.Error("nobody was killed: the test proves nothing")
	}
}

// A program that changes the PIN back and forth is killed: the old PIN or the new
// one opens the token, never both, never neither.
func TestAChangeOfPINThatIsKilled(t *testing.T) {
	w := newWorld(t)
	settings := func() uint64 { return must(decode(w.read(mainSuffix))).Apps[0].User.Setting }
	first, round := settings(), 0
	for ; round < rounds(6) || settings() == first; round++ { // one change at least, or nothing is proved
		if round > 1000 {
			t.Fatal("the PIN is never changed")
		}
		p := w.start("change")
		<-p.ready
		time.Sleep(10*time.Millisecond + rand.N(50*time.Millisecond))
		if p.kill() {
			t.Fatal("it ended by itself")
		}
		old, now := w.signs(user), w.signs(other)
		if (old == nil) == (now == nil) || !errors.Is(errors.Join(old, now), fault.PINIncorrect) {
			t.Fatalf("round %d: one PIN gives %v, the other %v", round, old, now)
		}
	}
	t.Logf("%d rounds, %d changes", round, settings()-first)
}
