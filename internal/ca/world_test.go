package ca_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	_ "modernc.org/sqlite"

	"xinzhang/internal/ca"
	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
	"xinzhang/internal/kmc"
	"xinzhang/internal/store"
)

// plainKeys are service keys for tests: not encrypted, so that a start takes no
// time, and with a diary of everything that is signed, written before signing.
type plainKeys struct{ dir string }

func (k plainKeys) file(name string) string { return filepath.Join(k.dir, name+".key") }

func (k plainKeys) Names() (names []string, err error) {
	files, err := filepath.Glob(k.file("*"))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".key"))
	}
	return names, err
}

func (k plainKeys) Create(_ context.Context, name string) (hsm.Key, error) {
	if _, err := os.Stat(k.file(name)); err == nil {
		return nil, fault.New(fault.KeyExists, "name", name)
	}
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	d := private.D.FillBytes(make([]byte, 32))
	return plainKey{k, private}, durable.WriteFile(k.file(name), []byte(hex.EncodeToString(d)), 0o600)
}

func (k plainKeys) Open(_ context.Context, name string) (hsm.Key, error) {
	text, err := os.ReadFile(k.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.KeyMissing, "name", name)
	}
	if err != nil {
		return nil, err
	}
	d, err := hex.DecodeString(string(text))
	if err != nil {
		return nil, err
	}
	private, err := sm2.NewPrivateKey(d)
	return plainKey{k, private}, err
}

func (k plainKeys) diary() string { return filepath.Join(k.dir, "diary") }

// signed returns every digest for which a signature was asked, in order.
func (k plainKeys) signed() ([]string, error) {
	b, err := os.ReadFile(k.diary())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(b)), err
}

type plainKey struct {
	keys    plainKeys
	private *sm2.PrivateKey
}

func (k plainKey) Public() *ecdsa.PublicKey { return &k.private.PublicKey }

func (k plainKey) SignDigest(_ context.Context, e [32]byte) ([]byte, error) {
	f, err := os.OpenFile(k.keys.diary(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(hex.EncodeToString(e[:]) + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	sig, err := sm2enc.SignDigest(rand.Reader, k.private, e)
	if err != nil {
		return nil, err
	}
	return sig.Marshal(), nil
}

func (k plainKey) Decrypt(_ context.Context, c sm2enc.Cipher) ([]byte, error) {
	return sm2enc.Decrypt(k.private, c)
}

// A world is a data directory with everything around it.
type world struct {
	dir   home.Dir
	keys  plainKeys
	clock time.Time
	db    *store.DB
}

var founded = ca.Setup{Name: "示例电子认证中心", Province: "示例省", Locality: "示例市", CRLURL: "http://ca.example.cn/crl/"}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{clock: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	w.settle(t, t.TempDir())
	return w
}

// settle makes dir the data directory of w.
func (w *world) settle(t testing.TB, dir string) {
	t.Helper()
	if err := w.dirAt(dir); err != nil {
		t.Fatal(err)
	}
}

func (w *world) dirAt(dir string) error {
	w.dir = home.Dir(dir)
	w.keys = plainKeys{w.dir.Keys()}
	return w.dir.Create()
}

// config opens the database as a new program would.
func (w *world) config(t testing.TB) ca.Config {
	t.Helper()
	if w.db == nil {
		db, err := store.Open(t.Context(), w.dir.Database())
		if err != nil {
			t.Fatal(err)
		}
		w.db = db
		t.Cleanup(w.stop)
	}
	now := func() time.Time { return w.clock }
	return ca.Config{
		Home: w.dir, Store: w.db.CA(), Keys: w.keys, Now: now,
		KMC: kmc.New(kmc.Config{Store: w.db.KMC(), Keys: w.keys, Now: now}),
	}
}

// stop ends the program that config started.
func (w *world) stop() {
	if w.db != nil {
		_ = w.db.Close()
		w.db = nil
	}
}

func (w *world) open(t testing.TB) (*ca.CA, []ca.Finding) {
	t.Helper()
	c, findings, err := ca.Open(t.Context(), w.config(t))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, findings
}

// copied is a copy of w in a folder of its own, where no program runs.
func (w *world) copied(t testing.TB) *world {
	t.Helper()
	w.stop()
	other := &world{clock: w.clock}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(string(w.dir))); err != nil {
		t.Fatal(err)
	}
	other.settle(t, dir)
	return other
}

// foundedWorld is a world with an authority, and nothing issued yet.
func foundedWorld(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	if _, err := ca.Init(t.Context(), w.config(t), founded); err != nil {
		t.Fatal(err)
	}
	return w
}

// A holder is an applicant with a signing key.
type holder struct{ private *sm2.PrivateKey }

func newHolder(t testing.TB) holder {
	t.Helper()
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return holder{private}
}

var (
	prison = cert.Subject{
		Country: "CN", Province: "示例省", Locality: "示例市", Organisation: "示例监狱", CommonName: "示例监狱",
		CreditCode: creditCode("11990000000000000"),
	}
	officer = cert.Subject{
		Country: "CN", Province: "示例省", Locality: "示例市", Organisation: "示例监狱", Unit: "刑罚执行科",
		CommonName: "测试用户甲", IDNumber: idNumber("99000019900307123"),
	}
)

func idNumber(first17 string) string { return first17 + string(cert.IDCheckDigit(first17)) }

func creditCode(first17 string) string { return first17 + string(cert.CreditCheckDigit(first17)) }

func (h holder) csr(t testing.TB, s cert.Subject) []byte {
	t.Helper()
	s.IDNumber, s.CreditCode = "", ""
	info, err := cert.CSRInfo(s, &h.private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := sm2enc.SignDigest(rand.Reader, h.private, sm2enc.Digest(&h.private.PublicKey, info))
	if err != nil {
		t.Fatal(err)
	}
	der, err := cert.AssembleCSR(info, sig.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func (h holder) request(t testing.TB, id string) ca.Request {
	return ca.Request{ID: id, Kind: ca.Person, Subject: officer, CSR: h.csr(t, officer)}
}

// checkPair makes sure that the holder can use what was issued.
func (h holder) checkPair(t testing.TB, issued *ca.Issued) {
	t.Helper()
	if !issued.Signing.PublicKey.Equal(&h.private.PublicKey) {
		t.Error("the signing certificate is for another key")
	}
	envelope, err := sm2enc.ParseEnvelopedKey(issued.EnvelopedKey)
	if err != nil {
		t.Fatal(err)
	}
	encryption, err := envelope.Open(func(c sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(h.private, c) })
	if err != nil {
		t.Fatal(err)
	}
	if !encryption.PublicKey.Equal(issued.Encryption.PublicKey) {
		t.Error("the enveloped key is not that of the encryption certificate")
	}
	for _, c := range []*cert.Certificate{issued.Signing, issued.Encryption} {
		if err := c.CheckSignatureFrom(issued.Chain[0]); err != nil {
			t.Error(err)
		}
	}
}

// audit reads the database with plain SQL and makes sure that nothing is
// unexplained: no number without a record, none signed twice, nothing half done.
func (w *world) audit(t testing.TB) {
	t.Helper()
	db, err := sql.Open("sqlite", w.dir.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	known := map[string]string{} // digest → what it is of
	w.auditCertificates(t, db, known)
	for _, crl := range rows(t, db, `SELECT issuer, number, digest, state FROM ca_crl`) {
		known[crl[2]] = "CRL " + crl[0] + " " + crl[1]
		if crl[3] == "recorded" {
			t.Errorf("CRL %s %s is half done", crl[0], crl[1])
		}
	}
	signed, err := w.keys.signed()
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range signed {
		if known[e] == "" {
			t.Errorf("something was signed that no record explains: %s", e)
		}
		if slices.Contains(signed[:i], e) {
			t.Errorf("%s was signed twice", known[e])
		}
	}
	for _, q := range []struct{ wrong, query string }{
		{"open request", `SELECT id, '' FROM ca_request WHERE state = 'open' OR key_duty <> ''`},
		{"certificate of no attempt", `SELECT c.serial, c.state FROM ca_certificate c JOIN ca_request r ON r.id = c.request
			WHERE c.state IN ('recorded', 'signing', 'valid', 'held') AND
			(r.state <> 'done' OR c.serial NOT IN (r.signing_serial, COALESCE(r.encryption_serial, '')))`},
		{"key in use by nobody", `SELECT k.id, k.ref FROM kmc_key k WHERE k.state = 'active' AND NOT EXISTS
			(SELECT 1 FROM ca_request r JOIN ca_certificate c ON c.serial = r.encryption_serial
			 WHERE k.ref = r.id || '/' || r.attempt AND r.state = 'done' AND c.state IN ('valid', 'held'))`},
		{"valid certificate without its key in use", `SELECT c.serial, r.id FROM ca_certificate c JOIN ca_request r ON r.encryption_serial = c.serial
			WHERE c.state IN ('valid', 'held') AND NOT EXISTS
			(SELECT 1 FROM kmc_key k WHERE k.state = 'active' AND k.ref = r.id || '/' || r.attempt)`},
	} {
		for _, r := range rows(t, db, q.query) {
			t.Errorf("%s: %v", q.wrong, r)
		}
	}
}

func (w *world) auditCertificates(t testing.TB, db *sql.DB, known map[string]string) {
	t.Helper()
	parents := map[string]*ecdsa.PublicKey{}
	for _, name := range []string{ca.Root, ca.Sub} {
		key, err := w.keys.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		parents[name] = key.Public()
	}
	for _, r := range rows(t, db, `SELECT serial, issuer, state, hex(tbs), COALESCE(hex(der), '') FROM ca_certificate`) {
		serial, issuer, state := r[0], r[1], r[2]
		tbs, _ := hex.DecodeString(r[3])
		der, _ := hex.DecodeString(r[4])
		e := sm2enc.Digest(parents[issuer], tbs)
		known[hex.EncodeToString(e[:])] = "certificate " + serial
		if state == "recorded" || state == "signing" {
			t.Errorf("certificate %s is half done: %s", serial, state)
		}
		if len(der) == 0 {
			continue
		}
		c, err := cert.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		if string(c.RawTBS) != string(tbs) || c.SerialHex() != serial || !sm2enc.Verify(parents[issuer], tbs, c.Signature) {
			t.Errorf("certificate %s is not what its record says", serial)
		}
	}
}

// rows returns the result of a query as text.
func rows(t testing.TB, db *sql.DB, query string) (all [][]string) {
	t.Helper()
	rs, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rs.Close() }()
	columns, err := rs.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rs.Next() {
		values := make([]sql.NullString, len(columns))
		pointers := make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rs.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(values))
		for i, v := range values {
			line[i] = v.String
		}
		all = append(all, line)
	}
	if err := rs.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func wantCode(t testing.TB, err error, want fault.Code) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

// codes lists what was found, for messages.
func codes(findings []ca.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, fmt.Sprintf("%s%v", f.Code, f.Args))
	}
	return strings.Join(all, "; ")
}
