package interop

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// AskBouncyCastle puts a question of java/*.java to BouncyCastle: a word, with
// arguments behind it where the question has some that are no files ("path
// 2026-03-01T09:00:00Z"), and the content of the files it is about.
func AskBouncyCastle(t testing.TB, question string, files ...[]byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	words := strings.Fields(question)
	for i, b := range files {
		words = append(words, dir.file(strconv.Itoa(i), b))
	}
	answer, err := java.ask(strings.Join(words, "\t"))
	var missing *absentError
	switch {
	case errors.As(err, &missing):
		Absent(t, err.Error())
	case err != nil:
		t.Fatal(err)
	case strings.HasPrefix(answer, "broken: "):
		t.Fatalf("%s: %s", question, answer)
	}
	said, ok = strings.CutPrefix(answer, "ok: ")
	return ok, said
}

// MadeByBouncyCastle returns what BouncyCastle writes: the answer to a question
// that begins with "make-".
func MadeByBouncyCastle(t testing.TB, what string, files ...[]byte) []byte {
	t.Helper()
	ok, said := AskBouncyCastle(t, what, files...)
	if !ok {
		t.Fatalf("BouncyCastle does not %s: %s", what, said)
	}
	b, err := base64.StdEncoding.DecodeString(said)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// java is one Java machine for all tests: it takes a second to start. TestMain
// ends it.
var java javaMachine

// A javaMachine compiles java/*.java and runs Judge with it, once.
type javaMachine struct {
	mu    sync.Mutex
	begun bool
	err   error // why there is none
	dir   string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	talk  bytes.Buffer // what it wrote as errors; read after it ended
}

// absentError says that something of Java is not installed.
type absentError struct{ what string }

func (e *absentError) Error() string { return e.what }

// jars of Debian's libbcprov-java and libbcpkix-java.
var jars = []string{"/usr/share/java/bcprov.jar", "/usr/share/java/bcpkix.jar", "/usr/share/java/bcutil.jar"}

// patience is longer than any question takes on a busy machine.
const patience = time.Minute

// ask sends one line and returns the line that comes back.
func (j *javaMachine) ask(question string) (answer string, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.begun {
		j.begun, j.err = true, j.start()
	}
	if j.err != nil {
		return "", j.err
	}
	hurry := time.AfterFunc(patience, func() { _ = j.cmd.Process.Kill() })
	defer hurry.Stop()
	if _, err = io.WriteString(j.in, question+"\n"); err == nil {
		answer, err = j.out.ReadString('\n')
	}
	if err != nil {
		_ = j.cmd.Wait()
		j.err = fmt.Errorf("the Java machine ended: %w: %s", err, j.talk.String())
	}
	return strings.TrimSpace(answer), j.err
}

func (j *javaMachine) start() error {
	for _, program := range []string{"javac", "java"} {
		if _, err := exec.LookPath(program); err != nil {
			return &absentError{err.Error()}
		}
	}
	for _, jar := range jars {
		if _, err := os.Stat(jar); err != nil {
			return &absentError{"BouncyCastle: " + err.Error()}
		}
	}
	_, here, _, _ := runtime.Caller(0)
	sources, err := filepath.Glob(filepath.Join(filepath.Dir(here), "java", "*.java"))
	if err != nil {
		return err
	}
	if j.dir, err = os.MkdirTemp("", "interop-java-"); err != nil {
		return err
	}
	path := strings.Join(jars, string(filepath.ListSeparator))
	compile := javaCommand("javac", append([]string{"-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8", "-Xlint:-path",
		"-cp", path, "-d", j.dir}, sources...)...)
	if said, err := compile.CombinedOutput(); err != nil {
		return fmt.Errorf("javac: %w: %s", err, said)
	}
	j.cmd = javaCommand("java", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", j.dir+string(filepath.ListSeparator)+path, "Judge")
	j.cmd.Stderr = &j.talk
	if j.in, err = j.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := j.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	j.out = bufio.NewReader(out)
	return j.cmd.Start()
}

// javaCommand runs a program of Java where names of files are UTF-8, whatever
// the language of the user.
func javaCommand(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	return cmd
}

// stop ends the machine, which leaves when there are no more questions.
func (j *javaMachine) stop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.in != nil {
		_ = j.in.Close()
		_ = j.cmd.Wait()
	}
	if j.dir != "" {
		_ = os.RemoveAll(j.dir)
	}
}
