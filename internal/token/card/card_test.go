package card_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/token"
	"xinzhang/internal/token/card"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
)

const (
	userPIN   = "Qx7-3058"
	adminPIN  = "Admin+60918273"
	deviceKey = "16 octets of key"
)

// host is a card with power, in which the application APP is open, and the token
// inside.
type host struct {
	testing.TB
	*card.Card
	app   apdu.ID
	token token.Application // past the card
}

func newHost(tb testing.TB) *host {
	tb.Helper()
	driver := softtest.Driver(tb, blank(tb))
	h := &host{TB: tb, Card: card.New(driver, "key-1")}
	device, err := driver.Connect(tb.Context(), "key-1")
	h.must(err)
	tb.Cleanup(func() { device.Close() })
	h.token, err = device.OpenApplication(tb.Context(), "APP")
	h.must(err)
	h.must(h.PowerUp(tb.Context()))
	tb.Cleanup(h.PowerDown)
	h.open()
	return h
}

var template = map[string][]byte{} // the files of a token with the application APP

// blank gives a folder with a token of its own: a copy, which costs less than a
// new one.
func blank(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	if len(template) == 0 {
		device, err := softtest.Driver(tb, dir).Create(tb.Context(), soft.Spec{Name: "key-1", AuthKey: token.NewAuthKey([16]byte([]byte(deviceKey)))})
		if err == nil {
			err = device.Authenticate(tb.Context(), token.NewAuthKey([16]byte([]byte(deviceKey))))
		}
		if err == nil {
			_, err = device.CreateApplication(tb.Context(), token.ApplicationSpec{
				Name: "APP", UserPIN: pin(userPIN), AdminPIN: pin(adminPIN), CreateFiles: token.ByUser, KeepFirstPIN: true,
			})
		}
		if err := errors.Join(err, device.Close()); err != nil {
			tb.Fatal(err)
		}
		for _, name := range []string{"key-1.ukey", "key-1.ukey.copy"} {
			if template[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
				tb.Fatal(err)
			}
		}
		return dir
	}
	for name, content := range template {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func pin(s string) token.PIN { return token.NewPIN([]byte(s)) }

func (h *host) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// ask sends a command.
func (h *host) ask(c apdu.Command) apdu.Response {
	h.Helper()
	c.CLA = apdu.CLA
	b, err := c.Marshal()
	h.must(err)
	r, err := apdu.ParseResponse(h.Transmit(h.Context(), b))
	h.must(err)
	return r
}

// ok demands 9000.
func (h *host) ok(c apdu.Command) []byte {
	h.Helper()
	r := h.ask(c)
	if r.SW != apdu.OK {
		h.Fatalf("command %02X: %v", c.INS, r.SW)
	}
	return r.Data
}

func (h *host) refused(want apdu.SW, c apdu.Command) {
	h.Helper()
	if r := h.ask(c); r.SW != want || len(r.Data) != 0 {
		h.Errorf("command %02X: %v with %d octets, want %v", c.INS, r.SW, len(r.Data), want)
	}
}

func (h *host) open() {
	h.Helper()
	id, err := apdu.ParseOpened(h.ok(apdu.Command{INS: apdu.OpenApplication, Data: []byte("APP")}))
	h.must(err)
	h.app = id
}

// secret is what a host sends with a PIN; change, where there is one, spoils it.
func (h *host) secret(ins apdu.INS, p2 byte, change func(*apdu.Secret), values ...string) apdu.Command {
	h.Helper()
	r := apdu.NewReader(h.ok(apdu.Command{INS: apdu.GetCardKey, Le: 64}))
	key := r.Point()
	h.must(r.End())
	s := apdu.Secret{INS: ins, P2: p2, App: h.app, Challenge: [apdu.ChallengeSize]byte(h.ok(apdu.Command{INS: apdu.GenRandom, Le: apdu.ChallengeSize}))}
	for _, v := range values {
		s.Values = append(s.Values, []byte(v))
	}
	if change != nil {
		change(&s)
	}
	sealed, err := s.Seal(rand.Reader, key)
	h.must(err)
	return apdu.Command{INS: ins, P2: p2, Data: append(h.app[:], sealed...)}
}

// left are the tries of both PINs, as the token says.
func (h *host) left() [2]int {
	h.Helper()
	var left [2]int
	for _, kind := range []token.PINKind{token.AdminPIN, token.UserPIN} {
		info, err := h.token.PINInfo(h.Context(), kind)
		h.must(err)
		left[kind] = info.Left
	}
	return left
}

func TestAPINOpensWithItsOwnChallengeOnly(t *testing.T) {
	h := newHost(t)
	right := h.secret(apdu.VerifyPIN, 1, nil, userPIN)
	h.ok(right)
	h.refused(apdu.NoChallenge, right) // a record of it

	for name, change := range map[string]func(*apdu.Secret){
		"another challenge":   func(s *apdu.Secret) { s.Challenge[0] ^= 1 },
		"another command":     func(s *apdu.Secret) { s.INS = apdu.ChangePIN },
		"another PIN":         func(s *apdu.Secret) { s.P2 = 0 },
		"another application": func(s *apdu.Secret) { s.App[1] ^= 1 },
		"one value too many":  func(s *apdu.Secret) { s.Values = append(s.Values, []byte("x")) },
	} {
		h.refused(apdu.NoChallenge, h.secret(apdu.VerifyPIN, 1, change, userPIN))
		if left := h.left(); left != [2]int{10, 10} {
			t.Errorf("%s: cost a try: %v", name, left)
		}
	}
	late := h.secret(apdu.VerifyPIN, 1, nil, userPIN)
	h.ok(apdu.Command{INS: apdu.GenRandom, Le: apdu.ChallengeSize})
	h.refused(apdu.NoChallenge, late)
	h.must(h.PowerUp(t.Context()))
	h.open()
	h.ok(apdu.Command{INS: apdu.GenRandom, Le: apdu.ChallengeSize})
	h.refused(apdu.NoChallenge, late) // the key of the last power-up
}

func TestTriesAreTheTokensAndLock(t *testing.T) {
	h := newHost(t)
	for left := 9; left >= 1; left-- {
		h.refused(apdu.TriesLeft(left), h.secret(apdu.VerifyPIN, 1, nil, "wrong-0000"))
	}
	h.must(h.PowerUp(t.Context())) // pulling it helps nobody
	h.open()
	h.refused(apdu.Locked, h.secret(apdu.VerifyPIN, 1, nil, "wrong-0000"))
	h.refused(apdu.Locked, h.secret(apdu.VerifyPIN, 1, nil, userPIN))
	info, err := apdu.ParsePINInfo(h.ok(apdu.Command{INS: apdu.GetPINInfo, P2: 1, Data: h.app[:], Le: 3}))
	if want := (apdu.PINInfo{Max: 10, First: true}); err != nil || info != want {
		t.Errorf("got %+v, %v", info, err)
	}
	h.ok(h.secret(apdu.UnblockPIN, 0, nil, adminPIN, "another-581"))
	h.ok(h.secret(apdu.VerifyPIN, 1, nil, "another-581"))
}

func TestStatesAreApartAndEndWithThePower(t *testing.T) {
	h := newHost(t)
	h.ok(h.secret(apdu.VerifyPIN, 1, nil, userPIN))
	create := func(name string) apdu.Command {
		return apdu.Command{INS: apdu.CreateContainer, Data: append(h.app[:], name...), Le: 2}
	}
	h.ok(create("C1"))
	first := h.app
	h.open()
	h.refused(apdu.SecurityStatus, create("C2"))
	h.app = first
	h.ok(apdu.Command{INS: apdu.ClearSecureState, Data: h.app[:]})
	h.refused(apdu.SecurityStatus, create("C2"))
	h.ok(h.secret(apdu.VerifyPIN, 1, nil, userPIN))
	h.ok(apdu.Command{INS: apdu.CloseApplication, Data: h.app[:]})
	h.refused(apdu.AppNotOpen, create("C2"))
	h.PowerDown()
	if r, _ := apdu.ParseResponse(h.Transmit(t.Context(), []byte{0x80, apdu.EnumApplication, 0, 0})); r.SW != apdu.Internal {
		t.Errorf("without power: %v", r.SW)
	}
}

func TestDeviceKeyAnswersAChallengeAndCountsItsOwnTries(t *testing.T) {
	h := newHost(t)
	auth := func(key string) apdu.Command {
		block, err := sm4.NewCipher([]byte(key))
		h.must(err)
		var answer [16]byte
		copy(answer[:], h.ok(apdu.Command{INS: apdu.GenRandom, Le: 8}))
		block.Encrypt(answer[:], answer[:])
		return apdu.Command{INS: apdu.DevAuth, P2: apdu.AuthSM4, Data: answer[:]}
	}
	remove := apdu.Command{INS: apdu.DeleteApplication, Data: []byte("APP")}
	h.refused(apdu.SecurityStatus, remove)
	h.refused(apdu.TriesLeft(9), auth("another 16 octet"))
	right := auth(deviceKey)
	h.ok(right)
	h.refused(apdu.NoChallenge, right)
	if left := h.left(); left != [2]int{10, 10} {
		t.Errorf("the device key cost tries of PINs: %v", left)
	}
	h.ok(remove)
	h.refused(apdu.AppNotOpen, apdu.Command{INS: apdu.GetPINInfo, P2: 1, Data: h.app[:], Le: 3})
	h.refused(apdu.AppAbsent, apdu.Command{INS: apdu.OpenApplication, Data: []byte("APP")})
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	h := newHost(t)
	for _, tt := range []struct {
		want   apdu.SW
		octets []byte
	}{
		{apdu.WrongLength, nil},
		{apdu.WrongLength, []byte{0x80, apdu.GetPINInfo, 0, 1, 2, 1}},
		{apdu.UnknownCLA, []byte{0x00, apdu.GetDevInfo, 0, 0}},
		{apdu.UnknownCLA, []byte{0x84, apdu.GetDevInfo, 0, 0}},
		{apdu.UnknownINS, []byte{0x80, 0xFE, 0, 0}},
		{apdu.WrongLe, []byte{0x80, apdu.GetDevInfo, 0, 0}},
		{apdu.WrongP1P2, []byte{0x80, apdu.GetPINInfo, 0, 2, 2, 1, 0}},
		{apdu.WrongLength, []byte{0x80, apdu.ECCSign, 2, 0, 2, 1, 0}},
		{apdu.WrongP1P2, []byte{0x80, apdu.ECCSign, 1, 0, 2, 1, 0}},
		{apdu.WrongLe, []byte{0x80, apdu.GenRandom, 0, 0}},
	} {
		if r, err := apdu.ParseResponse(h.Transmit(t.Context(), tt.octets)); err != nil || r.SW != tt.want {
			t.Errorf("%x: %v, want %v, %v", tt.octets, r.SW, tt.want, err)
		}
	}
	h.refused(apdu.TooLong, apdu.Command{INS: apdu.DigestUpdate, Data: make([]byte, apdu.MaxData+1)})
}

// A story is a sequence of commands: lengths of one octet, and what it counts. Some
// are made sound by the test: their first octet is F0 and up, which is no class.
//
// Whatever a stranger sends, the card answers; tries never rise but by a right
// PIN, and are spent by the three commands only that look at one.
func FuzzStories(f *testing.F) {
	f.Add([]byte{4, 0x80, apdu.EnumApplication, 0, 0, 2, 0xF0, 0, 2, 0xF1, 0, 2, 0xF2, 1})
	f.Add([]byte{2, 0xF1, 1, 2, 0xF3, 0, 6, 0x80, apdu.EnumContainer, 0, 0, 2, 1})
	f.Add([]byte{7, 0x80, apdu.GetPINInfo, 0, 1, 2, 1, 0, 2, 0xF4, 9, 7, 0x80, apdu.ClearSecureState, 0, 0, 2, 1, 0})
	f.Fuzz(func(t *testing.T, story []byte) {
		if len(story) > 300 {
			return
		}
		h := newHost(t)
		for len(story) > 0 {
			n := min(int(story[0]), len(story)-1)
			command := story[1 : 1+n]
			story = story[1+n:]
			if n == 2 && command[0] >= 0xF0 {
				command = h.sound(command[0], command[1])
			}
			before := h.left()
			answer := h.Transmit(t.Context(), command)
			r, err := apdu.ParseResponse(answer)
			if err != nil {
				t.Fatalf("%x: %v", command, err)
			}
			check(t, command, r.SW, before, h.left())
		}
	})
}

// sound makes a command that gets far.
func (h *host) sound(which, how byte) []byte {
	pins := []string{userPIN, adminPIN, "wrong-0000", "short", ""}
	value := pins[int(how)%len(pins)]
	var c apdu.Command
	switch which % 5 {
	case 0:
		c = h.secret(apdu.VerifyPIN, how&1, nil, value)
	case 1:
		c = h.secret(apdu.ChangePIN, how&1, nil, value, "another-581")
	case 2:
		c = h.secret(apdu.UnblockPIN, 0, nil, value, "another-58"+string(rune('0'+how%10)))
	case 3:
		c = apdu.Command{INS: apdu.CreateContainer, Data: append(h.app[:], how)}
	case 4:
		c = apdu.Command{INS: apdu.GenECCKeyPair, Data: []byte{h.app[0], h.app[1], how, 0, 0, 1, 0, 0}}
	}
	c.CLA = apdu.CLA
	b, err := c.Marshal()
	h.must(err)
	return b
}

// check holds the tries before and after a command against what it may do.
func check(t *testing.T, command []byte, sw apdu.SW, before, after [2]int) {
	t.Helper()
	looks := len(command) > 1 && (command[1] == apdu.VerifyPIN || command[1] == apdu.ChangePIN || command[1] == apdu.UnblockPIN)
	_, wrong := sw.Left()
	for kind := range before {
		switch {
		case after[kind] == before[kind]:
		case !looks:
			t.Errorf("%x changed the tries %v to %v", command, before, after)
		case after[kind] > before[kind] && sw != apdu.OK:
			t.Errorf("%x gave tries back and answered %v: %v to %v", command, sw, before, after)
		case after[kind] < before[kind] && (after[kind] != before[kind]-1 || !wrong && sw != apdu.Locked):
			t.Errorf("%x spent tries and answered %v: %v to %v", command, sw, before, after)
		}
	}
}
