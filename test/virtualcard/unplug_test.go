//go:build linux

package virtualcard_test

import (
	"bufio"
	"crypto/cipher"
	"crypto/ecdsa"
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

func bytesHex(b []byte) string { return hex.EncodeToString(b) }

// cbc encrypts with PKCS #7 padding.
func cbc(block cipher.Block, iv, plain []byte) []byte {
	n := block.BlockSize() - len(plain)%block.BlockSize()
	padded := append(slices.Clone(plain), slices.Repeat([]byte{byte(n)}, n)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(padded, padded)
	return padded
}

// Issue 4, proof 4: whoever pulls the UKey out in the middle of a signature gets
// a named answer, has lost nothing, and signs again after the PIN.
func TestCardPulledInTheMiddleOfASignature(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	if names := skf.ParseNames(c.octets("enum")); len(names) != 0 {
		t.Fatalf("devices %q in an empty reader", names)
	}
	c.ok("watch")
	w.must(w.slot.Plug(w.card))
	c.awaits("00000000 1 " + w.serial)
	c.personal()
	pub, err := skf.ParsePublicKey(c.octets("generate"), skf.Layout{})
	c.must(err)
	digest := sm2enc.Digest(pub, []byte("a document"))
	for _, tt := range []struct {
		name   string
		octets int
	}{
		{"before its answer", 0},
		{"behind the length of its answer", 1},
		{"in its answer", 30},
		{"before the last octet", 68 + 2 - 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.ok("verify 1 %s", userPIN)
			c.signs(pub, digest)
			c.refused(skf.PINIncorrect, "verify 1 wrong-0000")
			c.ok("verify 1 %s", userPIN)
			pulled := w.slot.UnplugDuring(apdu.ECCSign, tt.octets)
			if code, _ := c.answer("sign %x", digest); code != skf.DeviceRemoved {
				t.Fatalf("got %v, want %v", code, skf.DeviceRemoved)
			}
			<-pulled
			c.awaits("00000000 2 " + w.serial)
			if got := c.ok("state %s", w.serial); got != "0 0 0" {
				t.Errorf("state %s", got)
			}
			for _, call := range []string{"sign " + bytesHex(digest[:]), "pininfo 1", "info", "random 8", "verify 1 " + userPIN} {
				c.refused(skf.DeviceRemoved, "%s", call)
			}

			w.must(w.slot.Plug(w.card))
			c.awaits("00000000 1 " + w.serial)
			c.refused(skf.DeviceRemoved, "info") // the old handles stay dead
			c.ok("disconnect")
			c.ok("connect %s", w.serial)
			c.ok("open APP")
			if got := c.ok("pininfo 1"); got != "10 10 0" {
				t.Errorf("tries after plugging again: %s", got)
			}
			c.ok("opencontainer C1")
			c.refused(skf.UserNotLoggedIn, "sign %x", digest)
			c.ok("verify 1 %s", userPIN)
			c.signs(pub, digest)
		})
	}
	c.ok("cancel")
	c.awaits("0A000022 0")
}

func (c *client) signs(pub *ecdsa.PublicKey, digest [32]byte) {
	c.Helper()
	sig, err := skf.ParseSignature(c.octets("sign %x", digest))
	c.must(err)
	if !sm2enc.VerifyDigest(pub, digest, sig) {
		c.Error("the signature is wrong")
	}
}

// A try is spent before the PIN is looked at: pulling the card does not give it
// back, and plugging it does not either.
func TestCardPulledWhileAPINIsTried(t *testing.T) {
	w := newWorld(t)
	w.must(w.slot.Plug(w.card))
	c := w.client()
	c.present()
	c.personal()
	for want := 9; want >= 7; want-- {
		pulled := w.slot.UnplugDuring(apdu.VerifyPIN, 0)
		c.refused(skf.DeviceRemoved, "verify 1 wrong-0000")
		<-pulled
		info, err := w.app().PINInfo(t.Context(), token.UserPIN)
		c.must(err)
		w.must(w.slot.Plug(w.card))
		c.present()
		c.ok("disconnect")
		c.ok("connect %s", w.serial)
		c.ok("open APP")
		if got := c.ok("pininfo 1"); info.Left != want || got != "10 "+string(rune('0'+want))+" 0" {
			t.Errorf("%d tries on the token, the card says %s, want %d", info.Left, got, want)
		}
	}
}

// The program vcard serves tests that are not written in Go.
func TestProgramKeepsACardForOthers(t *testing.T) {
	w := newWorld(t) // its reader stays empty
	program := filepath.Join(t.TempDir(), "vcard")
	if out, err := exec.Command("go", "build", "-o", program, "./vcard").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	command := exec.Command(program, w.tokenDir, "key-1")
	in, err := command.StdinPipe()
	w.must(err)
	out, err := command.StdoutPipe()
	w.must(err)
	w.must(command.Start())
	lines := bufio.NewScanner(out)
	say := func(line string) string {
		fmt.Fprintln(in, line)
		lines.Scan()
		return lines.Text()
	}
	lines.Scan()
	w.env = []string{lines.Text()}
	c := w.client()
	if got := say("plug"); got != "ok" {
		t.Fatal(got)
	}
	c.present()
	c.ok("connect %s", w.serial)
	c.ok("random 8")
	if got := say("commands"); !strings.HasPrefix(got, "ok ") || got == "ok 0" {
		t.Errorf("commands: %s", got)
	}
	if got := say("plug"); got != "error: a card is plugged in" {
		t.Errorf("plugged twice: %s", got)
	}
	fmt.Fprintln(in, "pull 50 3")
	time.Sleep(100 * time.Millisecond)
	c.refused(skf.DeviceRemoved, "random 8")
	if lines.Scan(); lines.Text() != "ok" {
		t.Errorf("pull: %s", lines.Text())
	}
	if got := say("fold"); got != `error: "fold" is no order` {
		t.Errorf("an unknown order: %s", got)
	}
	in.Close()
	w.must(command.Wait())
}
