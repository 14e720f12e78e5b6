package ca_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/ca"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/kmc"
	"xinzhang/internal/store"
)

// helperDir, when it is set, makes the test binary the program that is killed.
const helperDir = "XINZHANG_CA_HELPER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		time.AfterFunc(time.Minute, func() { os.Exit(2) }) // should nobody be left to kill it
		if err := issueForever(context.Background(), dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// issueForever opens the authority in dir and issues, suspends, revokes and lists
// until it is killed. What it says on its standard output has happened.
func issueForever(ctx context.Context, dir string) error {
	w := &world{}
	if err := w.dirAt(dir); err != nil {
		return err
	}
	db, err := store.Open(ctx, w.dir.Database())
	if err != nil {
		return err
	}
	cfg := ca.Config{
		Home: w.dir, Store: db.CA(), Keys: w.keys, Now: time.Now,
		KMC: kmc.New(kmc.Config{Store: db.KMC(), Keys: w.keys, Now: time.Now}),
	}
	c, findings, err := ca.Open(ctx, cfg)
	if err != nil {
		return err
	}
	for _, f := range findings {
		fmt.Println("found", f.Code, f.Args)
	}
	all, err := c.List(ctx, ca.Filter{Text: "测试用户甲", Issued: true, Limit: 1 << 20})
	if err != nil {
		return err
	}
	// Some of the last requests again: what was answered must be answered alike.
	for n := max(0, len(all)/2-3); ; n++ {
		if err := issueOne(ctx, c, n); err != nil {
			return err
		}
	}
}

func issueOne(ctx context.Context, c *ca.CA, n int) error {
	id := "r" + strconv.Itoa(n)
	req, err := repeatable(id)
	if err != nil {
		return err
	}
	issued, err := c.Issue(ctx, req)
	if err != nil {
		return err
	}
	fmt.Printf("issued %s %x %s %s\n", id, sum(issued), issued.Signing.SerialHex(), issued.Encryption.SerialHex())
	named := ca.Change{Serial: issued.Encryption.SerialHex()}
	switch n % 4 { // the second time it is an error, which is right
	case 1:
		_, _ = c.Suspend(ctx, named)
	case 2:
		if _, err := c.Revoke(ctx, named, crl.KeyCompromise); err == nil {
			fmt.Println("revoked", named.Serial)
		}
	case 3:
		rec, err := c.BuildCRL(ctx, ca.Sub)
		if err != nil {
			return err
		}
		fmt.Println("crl", rec.Number)
	}
	return nil
}

func sum(i *ca.Issued) [32]byte {
	return sha256.Sum256(bytes.Join([][]byte{i.Signing.Raw, i.Encryption.Raw, i.EnvelopedKey}, nil))
}

// repeatable makes the request id with the same signing key each time.
func repeatable(id string) (ca.Request, error) {
	d := sm3.Sum([]byte(id))
	d[0] &= 0x7F // below the order of the curve
	private, err := sm2.NewPrivateKey(d[:])
	if err != nil {
		return ca.Request{}, err
	}
	info, err := cert.CSRInfo(cert.Subject{CommonName: id}, &private.PublicKey)
	if err != nil {
		return ca.Request{}, err
	}
	sig, err := sm2enc.SignDigest(&steady{}, private, sm2enc.Digest(&private.PublicKey, info))
	if err != nil {
		return ca.Request{}, err
	}
	csr, err := cert.AssembleCSR(info, sig.Marshal())
	return ca.Request{ID: id, Kind: ca.Person, Subject: officer, CSR: csr}, err
}

// steady is a random source for keys that guard nothing.
type steady struct{ n byte }

func (s *steady) Read(p []byte) (int, error) {
	for i := range p {
		s.n++
		p[i] = s.n
	}
	return len(p), nil
}

func TestAnAuthorityThatIsKilledAtAnyMomentExplainsEverything(t *testing.T) {
	rounds := 10
	if os.Getenv("XINZHANG_SOAK") == "1" {
		rounds = 200
	}
	w := newWorld(t)
	w.clock = time.Now()
	if _, err := ca.Init(t.Context(), w.config(t), founded); err != nil {
		t.Fatal(err)
	}
	w.stop()
	said := &sayings{t: t, issued: map[string]string{}}
	for i := range rounds {
		programs := 1
		if i%3 == 2 { // two at once: the second waits for the lock of the killed one
			programs = 2
		}
		var wg sync.WaitGroup
		for range programs {
			wg.Go(func() { said.take(killed(t, w, time.Duration(20+rand.IntN(280))*time.Millisecond)) })
		}
		wg.Wait()
	}
	w.clock = time.Now()
	c, findings := w.open(t)
	w.audit(t)
	said.check(t, w, c)
	t.Logf("%d rounds: %d requests answered, %d answers repeated, %d CRLs, left and explained: %v, at the end: %s",
		rounds, len(said.issued), said.repeated, said.crls, said.found, codes(findings))
	if len(said.issued) == 0 {
		t.Error("nothing was issued")
	}
}

// killed runs the program on w for some time, kills it, and returns what it said.
func killed(t *testing.T, w *world, after time.Duration) string {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), helperDir+"="+string(w.dir))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Error(err)
		return ""
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	said, err := io.ReadAll(out)
	if err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // killed
	return string(said)
}

// sayings collects what the killed programs said.
type sayings struct {
	t        *testing.T
	mu       sync.Mutex
	issued   map[string]string // request → the rest of the line
	revoked  []string
	lastCRL  int64
	crls     int
	repeated int
	found    map[string]int
}

func (s *sayings) take(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := bufio.NewScanner(strings.NewReader(text[:strings.LastIndex(text, "\n")+1])) // the last may be cut
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "issued":
			id, answer, _ := strings.Cut(rest, " ")
			if before, ok := s.issued[id]; ok {
				s.repeated++
				if before != answer {
					s.t.Errorf("request %s was answered %s, then %s", id, before, answer)
				}
			}
			s.issued[id] = answer
		case "revoked":
			s.revoked = append(s.revoked, rest)
		case "crl":
			n, _ := strconv.ParseInt(rest, 10, 64)
			s.crls++
			if s.lastCRL > 0 && n == s.lastCRL {
				s.t.Errorf("CRL number %d was used twice", n)
			}
			s.lastCRL = n
		case "found":
			if s.found == nil {
				s.found = map[string]int{}
			}
			code, _, _ := strings.Cut(rest, " ")
			s.found[code]++
		default:
			s.t.Errorf("the program said: %s", lines.Text())
		}
	}
}

// check compares what was said with what the register holds.
func (s *sayings) check(t *testing.T, w *world, c *ca.CA) {
	t.Helper()
	for id, answer := range s.issued {
		req, err := repeatable(id)
		if err != nil {
			t.Fatal(err)
		}
		issued, err := c.Issue(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x %s %s", sum(issued), issued.Signing.SerialHex(), issued.Encryption.SerialHex()); got != answer {
			t.Errorf("request %s was answered %s, now %s", id, answer, got)
		}
	}
	rec, err := c.BuildCRL(t.Context(), ca.Sub)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Number <= s.lastCRL {
		t.Errorf("CRL number %d after %d", rec.Number, s.lastCRL)
	}
	for _, serial := range s.revoked {
		if e, err := c.Show(t.Context(), serial); err != nil || e.State != ca.Revoked {
			t.Errorf("certificate %s was revoked, and is %s, %v", serial, e.State, err)
		}
	}
	w.audit(t)
}
