//go:build linux

package wine

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/home"
	"xinzhang/internal/token/soft/softtest"
)

const (
	wineProgram = "/usr/lib/wine/wine64"
	display     = ":97"
	pin         = "482915"
)

// A pc is a Windows of sorts, with an agent that runs on it.
type pc struct {
	*testing.T
	dir     string
	address string
	env     []string
	window  string // that was seen last
}

// TestTheAgentAsksInWindowsOfItsOwn lives through the first signature of a person:
// the site is allowed for good, a wrong PIN, the right one.
func TestTheAgentAsksInWindowsOfItsOwn(t *testing.T) {
	if os.Getenv("XINZHANG_SOAK") != "1" {
		t.Skip("runs wine for a minute: set XINZHANG_SOAK=1, with wine64, xvfb, xdotool and gcc-mingw-w64-x86-64")
	}
	p := &pc{T: t, dir: t.TempDir()}
	p.env = append(os.Environ(), "WINEPREFIX="+filepath.Join(p.dir, "prefix"), "WINEDEBUG=-all", "DISPLAY="+display)
	p.start("Xvfb", "-r", display, "-screen", "0", "1366x768x24")
	p.windows()
	data := home.Dir(filepath.Join(p.dir, "home"))
	p.must(data.Create())
	authority := fixture.New(t, time.Now().Add(-time.Hour).UTC().Truncate(time.Second))
	certificate, _ := softtest.UKey(t, data.Tokens(), "key-1", pin, authority.Person)
	p.agent(string(data))

	if answer, err := http.Post("http://"+p.address+"/v1/hello", "application/json", strings.NewReader(`{"sdk":"1","api":1}`)); err == nil {
		if answer.StatusCode != http.StatusForbidden { // a process that this Windows does not know
			t.Errorf("a stranger's connection: status %d", answer.StatusCode)
		}
		_ = answer.Body.Close()
	}

	answer := make(chan []byte, 1)
	go func() {
		answer <- p.run(wineProgram, filepath.Join(p.dir, "client.exe"), p.address, "sign",
			`{"operation":"operation-0123456789","action":"签字","purpose":"sign","format":"raw","document":{"title":"示例材料","type":"data","data":"eHh4"}}`)
	}()
	p.next("allow")
	p.press("shift+Tab", "shift+Tab", "space") // from 拒绝 to the box, which is ticked
	p.enter("")
	p.next("pin")
	p.enter("99999999")
	p.next("wrong-pin")
	p.enter(pin)

	var signed struct {
		Value, Digest []byte
		Code          string
	}
	raw := <-answer
	p.must(json.Unmarshal(raw, &signed))
	value, _, err := sm2enc.ParseSignature(signed.Value)
	if err != nil || len(signed.Digest) != 32 || !sm2enc.VerifyDigest(certificate.PublicKey, [32]byte(signed.Digest), value) {
		t.Errorf("no signature: %.300s", raw)
	}
	origins, err := os.ReadFile(filepath.Join(data.Agent(), "origins.json"))
	if err != nil || !bytes.Contains(origins, []byte("https://case.example")) {
		t.Errorf("the site is not allowed for good: %s %v", origins, err)
	}
}

// windows makes the Windows: programs, and Chinese letters.
func (p *pc) windows() {
	for name, from := range map[string]string{"xinzhang-agent.exe": "xinzhang/cmd/xinzhang-agent", "client.exe": "xinzhang/test/wine/client"} {
		build := exec.Command("go", "build", "-o", filepath.Join(p.dir, name), from)
		build.Env = append(os.Environ(), "GOOS=windows", "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			p.Fatalf("%v\n%s", err, out)
		}
	}
	p.run(wineProgram, "wineboot", "-i")
	p.run("x86_64-w64-mingw32-gcc", "-shared", "-o", filepath.Join(p.dir, "prefix/drive_c/windows/system32/bcryptprimitives.dll"), filepath.Join("prng", "prng.c"), "-ladvapi32")
	p.run(wineProgram, "reg", "add", `HKCU\Software\Wine\Fonts\Replacements`, "/v", "Microsoft YaHei UI", "/d", "Noto Sans CJK SC", "/f")
}

// agent starts the agent on a free port.
func (p *pc) agent(data string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	p.address = l.Addr().String()
	_, port, _ := net.SplitHostPort(p.address)
	p.must(l.Close())
	p.start(wineProgram, filepath.Join(p.dir, "xinzhang-agent.exe"), "--lang=zh", `--home=Z:`+strings.ReplaceAll(data, "/", `\`),
		"run", "--port="+port, "--window=native", "--skf=none")
	for range 60 {
		if res, err := http.Get("http://" + p.address + "/health"); err == nil {
			_ = res.Body.Close()
			return
		}
		time.Sleep(time.Second)
	}
	p.Fatal("the agent does not answer")
}

// next waits for another window than the one before, and keeps a picture of it.
func (p *pc) next(name string) {
	for range 120 {
		time.Sleep(time.Second)
		if id := p.visible(); id != "" && id != p.window {
			p.window = id
			time.Sleep(2 * time.Second) // guard 9, on a machine that is busy
			p.try("import", "-window", "root", filepath.Join("..", "..", "build", "shots", "wine-"+name+".png"))
			return
		}
	}
	p.Fatalf("no window: %s", name)
}

// visible is the number of our window; "" when there is none.
func (p *pc) visible() string {
	return string(bytes.TrimSpace(p.try("xdotool", "search", "--onlyvisible", "--name", "数字证书助手")))
}

func (p *pc) press(keys ...string) {
	p.run("xdotool", append([]string{"key", "--delay", "300"}, keys...)...)
}

// enter types a text and presses Enter until the window is gone: one that came up
// this moment does not take it.
func (p *pc) enter(text string) {
	if text != "" {
		p.run("xdotool", "type", "--delay", "80", text)
	}
	for range 10 {
		p.press("Return")
		for range 5 {
			time.Sleep(time.Second)
			if p.visible() != p.window {
				return
			}
		}
	}
	p.Error("the window does not go")
}

// start runs a program until the test is over.
func (p *pc) start(name string, args ...string) {
	cmd := exec.Command(name, args...)
	cmd.Env = p.env
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func (p *pc) run(name string, args ...string) []byte {
	cmd := exec.Command(name, args...)
	cmd.Env = p.env
	out, err := cmd.Output()
	if err != nil {
		p.Errorf("%s %s: %v", name, strconv.Quote(args[0]), err)
	}
	return out
}

// try runs a program that may fail.
func (p *pc) try(name string, args ...string) []byte {
	cmd := exec.Command(name, args...)
	cmd.Env = p.env
	out, _ := cmd.Output()
	return out
}

func (p *pc) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}
