package interop

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
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
	return java.ask(t, strings.Join(words, "\t"))
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

// java answers AskBouncyCastle. [End] ends it.
var java = machine{command: compiledJudge}

// jars of Debian's libbcprov-java, libbcpkix-java and what these need.
var jars = []string{"/usr/share/java/bcprov.jar", "/usr/share/java/bcpkix.jar", "/usr/share/java/bcutil.jar"}

// compiledJudge compiles java/*.java into dir and runs Judge.
func compiledJudge(dir string) (*exec.Cmd, error) {
	for _, program := range []string{"javac", "java"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, &absentError{err.Error()}
		}
	}
	for _, jar := range jars {
		if _, err := os.Stat(jar); err != nil {
			return nil, &absentError{"BouncyCastle: " + err.Error()}
		}
	}
	_, here, _, _ := runtime.Caller(0)
	sources, err := filepath.Glob(filepath.Join(filepath.Dir(here), "java", "*.java"))
	if err != nil {
		return nil, err
	}
	path := strings.Join(jars, string(filepath.ListSeparator))
	compile := javaCommand("javac", append([]string{"-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8", "-Xlint:-path",
		"-cp", path, "-d", dir}, sources...)...)
	if said, err := compile.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("javac: %w: %s", err, said)
	}
	return javaCommand("java", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", dir+string(filepath.ListSeparator)+path, "Judge"), nil
}

// javaCommand runs a program of Java where names of files are UTF-8, whatever
// the language of the user.
func javaCommand(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	return cmd
}
