package systems_test

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/systems"
	"xinzhang/internal/trust"
)

var at = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

func list(t testing.TB) []byte {
	t.Helper()
	b, err := json.Marshal(systems.List{Format: systems.Format, Issued: at, ValidUntil: at.AddDate(1, 0, 0), Systems: []systems.System{
		{ID: "case", Name: "示例办案系统", Origins: []string{"http://case.example", "https://case.example:8443"}, Purposes: []string{"login", "sign"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func signed(t testing.TB, h *fixture.Holder, list []byte) []byte {
	t.Helper()
	der, err := systems.Sign(list, h.Cert, at, func(m []byte) ([]byte, error) {
		return h.SignDigest(t.Context(), sm2enc.Digest(h.Cert.PublicKey, m))
	})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestASignedListAllowsItsOriginsAndNoOthers(t *testing.T) {
	a := fixture.New(t, at)
	admin, other := a.Organisation(nil), a.Person(nil)
	stranger := fixture.New(t, at).Organisation(nil)
	whole := signed(t, admin, list(t))
	cut := whole[:len(whole)-5]
	changed := append([]byte(nil), whole...)
	for i := range changed {
		if string(changed[i:i+4]) == "case" {
			changed[i] = 'b'
			break
		}
	}
	for name, c := range map[string]struct {
		list   []byte
		signer *fixture.Holder
		want   fault.Code
	}{
		"right":                        {whole, admin, ""},
		"cut":                          {cut, admin, fault.SystemsBroken},
		"changed":                      {changed, admin, fault.SystemsSignature},
		"signed by any person":         {signed(t, other, list(t)), admin, fault.SystemsSignature},
		"signed under another root":    {signed(t, stranger, list(t)), stranger, fault.SystemsSigner},
		"not a signed message at all":  {list(t), admin, fault.SystemsBroken},
		"another administrator beside": {whole, other, fault.SystemsSignature},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, systems.ListFile), c.list)
			write(t, filepath.Join(dir, systems.SignerFile), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.signer.Certificate()}))
			d, err := systems.Open(systems.Config{
				Origins: filepath.Join(dir, "origins.json"), Lists: []string{filepath.Join(dir, "absent"), dir},
				Trust: func() (*trust.Set, error) { return a.Trust(), nil }, Now: func() time.Time { return at.AddDate(0, 1, 0) },
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.List(); c.want == "" && err != nil || c.want != "" && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			for origin, want := range map[string]bool{
				"http://case.example": true, "https://case.example:8443": true,
				"https://case.example": false, "http://case.example:80": false, "http://case.example.evil.example": false, "null": false, "": false,
			} {
				if got := d.Lookup(origin).Allowed(); got != (want && c.want == "") {
					t.Errorf("%q allowed: %t", origin, got)
				}
			}
		})
	}
}

func TestAListThatIsOverAllowsNobody(t *testing.T) {
	a := fixture.New(t, at)
	admin := a.Organisation(nil)
	dir := t.TempDir()
	write(t, filepath.Join(dir, systems.ListFile), signed(t, admin, list(t)))
	write(t, filepath.Join(dir, systems.SignerFile), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: admin.Certificate()}))
	now := at.AddDate(0, 1, 0)
	d, err := systems.Open(systems.Config{Lists: []string{dir}, Trust: func() (*trust.Set, error) { return a.Trust(), nil }, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if !d.Lookup("http://case.example").Allowed() {
		t.Fatal("not allowed while the list holds")
	}
	now = at.AddDate(1, 0, 1)
	if d.Lookup("http://case.example").Allowed() {
		t.Error("allowed by a list that is over")
	}
}

func TestTheUserAllowsAndRevokesDurably(t *testing.T) {
	cfg := systems.Config{Origins: filepath.Join(t.TempDir(), "origins.json"), Now: time.Now}
	open := func() *systems.Directory {
		d, err := systems.Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const origin = "https://case.example"
	if err := open().Allow(origin); err != nil {
		t.Fatal(err)
	}
	if d := open(); !d.Lookup(origin).Allowed() || d.Lookup("http://case.example").Allowed() {
		t.Error("not just the origin that was allowed is allowed")
	}
	if err := open().Revoke(origin); err != nil {
		t.Fatal(err)
	}
	if open().Lookup(origin).Allowed() {
		t.Error("allowed after it was revoked")
	}
	if err := open().Revoke(origin); !errors.Is(err, fault.AgentOriginUnknown) {
		t.Error(err)
	}
}

func TestOnlyOriginsAreAllowed(t *testing.T) {
	for _, s := range []string{"", "null", "case.example", "file://", "https://", "https://case.example/", "https://Case.example", "https://u@case.example",
		"https://case.example:443", "http://case.example:80", "ftp://case.example", "https://*.example", "https://case.example:", "https://a, https://b", "chrome-extension://abc"} {
		if err := systems.CheckOrigin(s); !errors.Is(err, fault.AgentOriginUnfit) {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"https://case.example", "http://10.1.2.3:8080", "http://[::1]:99", "http://localhost"} {
		if err := systems.CheckOrigin(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// FuzzParse: whatever is accepted was signed by the administrator, and is the
// list that was signed.
func FuzzParse(f *testing.F) {
	admin := fixture.New(f, at).Organisation(nil)
	body := list(f)
	f.Add(signed(f, admin, body))
	f.Add(body)
	want, err := systems.ParseList(body)
	if err != nil {
		f.Fatal(err)
	}
	wantJSON, _ := json.Marshal(want)
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := systems.ParseList(b); err == nil {
			again, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := systems.ParseList(again); err != nil {
				t.Errorf("accepted, and refused when written again: %v", err)
			}
		}
		got, err := systems.Parse(b, admin.Cert)
		if err != nil {
			return
		}
		if gotJSON, _ := json.Marshal(got.List); string(gotJSON) != string(wantJSON) {
			t.Errorf("a list that was never signed: %s", gotJSON)
		}
	})
}
