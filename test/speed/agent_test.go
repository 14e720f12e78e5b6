//go:build unix

package speed

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"xinzhang/internal/fixture"
	"xinzhang/internal/home"
	"xinzhang/internal/keyring"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/test/roundtrip"
)

const (
	origin = "https://case.example"
	trips  = 200
)

// authority is who issues here.
func authority(b *testing.B) *fixture.Authority {
	return fixture.New(b, time.Now().Add(-time.Hour).UTC().Truncate(time.Second))
}

// flashAgent runs an agent with the key of a person in memory, and a floor with the
// same key.
func flashAgent(b *testing.B) (address, floor string) {
	a := authority(b)
	person := a.Person(nil)
	address = serveAgent(b, a, home.Dir(b.TempDir()), roundtrip.Flash(person))
	return address, serveFloor(b, address, func() ([]byte, error) { return person.SignDigest(b.Context(), [32]byte{1}) })
}

func serveAgent(b *testing.B, a *fixture.Authority, dir home.Dir, provider keyring.Provider) string {
	l := loopback(b)
	roundtrip.ServeAgent(b, l, a, dir, provider)
	return l.Addr().String()
}

func serveFloor(b *testing.B, agent string, sign func() ([]byte, error)) string {
	l := loopback(b)
	roundtrip.ServeFloor(b, l, roundtrip.Beside(b, agent), sign)
	return l.Addr().String()
}

func loopback(b *testing.B) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	return l
}

func signParams(n int64) string {
	return fmt.Sprintf(`{"operation":"bench-%016d","action":"签字","purpose":"sign","format":"raw","document":{"title":"t","type":"data","data":"eHh4"}}`, n)
}

func BenchmarkAgentPOST(b *testing.B) {
	address, floor := flashAgent(b)
	compare(b, trips, "op", func() { post(b, floor, trips) }, func() { post(b, address, trips) })
}

// As people have it: a software UKey whose PIN costs what it costs them, asked for
// on both sides. What is beside the UKey hardly counts.
func BenchmarkAgentUKey(b *testing.B) {
	const trips = 4
	a, dir := authority(b), home.Dir(b.TempDir())
	must(b, dir.Create())
	driver := soft.New(dir.Tokens())
	softtest.Fill(b, driver, "key-1", roundtrip.PIN, a.Person)
	address := serveAgent(b, a, dir, keyring.Soft(driver, dir.Tokens()))
	floor := serveFloor(b, address, func() ([]byte, error) {
		device, err := driver.Connect(b.Context(), "key-1")
		must(b, err)
		app, err := device.OpenApplication(b.Context(), "XINZHANG")
		must(b, err)
		must(b, app.VerifyPIN(b.Context(), token.UserPIN, token.NewPIN([]byte(roundtrip.PIN))))
		c, err := app.OpenContainer(b.Context(), "sign-1")
		must(b, err)
		value, err := c.SignDigest(b.Context(), [32]byte{1})
		must(b, err)
		return value, device.Close()
	})
	compare(b, trips, "op", func() { post(b, floor, trips) }, func() { post(b, address, trips) })
}

var operations atomic.Int64

func post(b *testing.B, address string, trips int) {
	for range trips {
		req, err := http.NewRequest("POST", "http://"+address+"/v1/sign", bytes.NewReader([]byte(signParams(operations.Add(1)))))
		must(b, err)
		req.Header.Set("Origin", origin)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		must(b, err)
		body, err := io.ReadAll(res.Body)
		must(b, err)
		must(b, res.Body.Close())
		if res.StatusCode != 200 {
			b.Fatalf("%s", body)
		}
	}
}

func BenchmarkAgentSocket(b *testing.B) {
	address, floor := flashAgent(b)
	dial := func(address string) *websocket.Conn {
		c, _, err := websocket.Dial(b.Context(), "ws://"+address+"/v1/socket", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
		must(b, err)
		b.Cleanup(func() { _ = c.CloseNow() })
		return c
	}
	ours, bare := dial(address), dial(floor)
	ask := func(c *websocket.Conn, message string) []byte {
		must(b, c.Write(b.Context(), websocket.MessageText, []byte(message)))
		_, answer, err := c.Read(b.Context())
		must(b, err)
		return answer
	}
	ask(ours, `{"id":"0","method":"hello","params":{"sdk":"bench","api":1}}`)
	compare(b, trips, "op", func() {
		for range trips {
			ask(bare, signParams(operations.Add(1)))
		}
	}, func() {
		for range trips {
			if a := ask(ours, `{"id":"1","method":"sign","params":`+signParams(operations.Add(1))+`}`); bytes.Contains(a, []byte(`"error"`)) {
				b.Fatalf("%s", a)
			}
		}
	})
}
