package verify_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// The tables beside this file hold attacks on documents: each says how a
// document was made and what the verifier must answer. A verdict of passed is
// for genuine shapes that look odd.

// A world is a fictional authority with two signers and two moments.
type world struct {
	testing.TB
	a           *fixture.Authority
	person, org *fixture.Holder
	at          time.Time // of signing
	now         time.Time // of judgement
}

func newWorld(t testing.TB) *world {
	issued := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	a := fixture.New(t, issued)
	at := issued.AddDate(0, 1, 0)
	return &world{TB: t, a: a, person: a.Person(nil), org: a.Organisation(nil), at: at, now: at.AddDate(0, 0, 2)}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// trust is what the reader has: the authority and its list of the day after
// signing.
func (w *world) trust(entries ...crl.Entry) *trust.Set {
	return w.a.Trust(w.a.CRL(w.at.AddDate(0, 0, 1), entries...))
}

func (w *world) seal(holders ...*fixture.Holder) *ses.Seal {
	return w.a.Seal(ses.OfficialSeal, nil, holders...)
}

// An attack is one document and the answer it must get.
type attack struct {
	name    string
	doc     []byte
	verdict verify.Verdict
	codes   []fault.Code   // every one must be named
	not     []fault.Code   // none may be named
	strict  verify.Verdict // by the strict policy; "": not asked
	set     *trust.Set     // default: the world's
	at      time.Time      // of judgement; default: the world's
}

func (w *world) run(t *testing.T, attacks []attack) {
	t.Helper()
	set := w.trust()
	for _, tt := range attacks {
		t.Run(tt.name, func(t *testing.T) {
			if tt.set == nil {
				tt.set = set
			}
			if tt.at.IsZero() {
				tt.at = w.now
			}
			o := tell(t, tt.doc, tt.set, tt.at)
			if o.verdict != tt.verdict {
				t.Errorf("verdict: got %s, want %s\n%s", o, tt.verdict, o.text)
			}
			if tt.strict != "" {
				if o := tellBy(t, verify.Strict, tt.doc, tt.set, tt.at); o.verdict != tt.strict {
					t.Errorf("strict: got %s, want %s\n%s", o, tt.strict, o.text)
				}
			}
			for _, code := range tt.codes {
				if !o.names(code) {
					t.Errorf("%s is not named: %s", code, o)
				}
			}
			for _, code := range tt.not {
				if o.names(code) {
					t.Errorf("%s is named: %s", code, o)
				}
			}
		})
	}
}

func is(codes ...fault.Code) []fault.Code { return codes }

// A forgery makes a signature as its fields ask; nothing is checked.
type forgery struct {
	*world
	files  []file // default: a document of two pages
	signer *fixture.Holder
	seal   *ses.Seal
	time   time.Time
	omit   []string                    // parts left out of the references
	more   []ofd.Reference             // further references
	check  string                      // CheckMethod; default SM3
	noSeal bool                        // no Seal.esl and no Seal element
	xml    func(string) string         // changes Signature.xml before it is hashed
	tbs    func([]byte) []byte         // changes TBS_Sign before it is signed
	der    func([]byte) []byte         // changes SignedValue.dat
	value  func(fileXML []byte) []byte // makes SignedValue.dat in another way
	stamp  func(value []byte) []byte   // makes a time-stamp token
	number int                         // of the signature, from 0
}

func (f forgery) base() string { return "/Doc_0/Signs/Sign_" + strconv.Itoa(f.number) }

// make returns the files of the signed document.
func (f forgery) make() []file {
	f.Helper()
	if f.signer == nil {
		f.signer = f.org
	}
	if f.seal == nil {
		f.seal = f.world.seal(f.signer)
	}
	if f.time.IsZero() {
		f.time = f.at
	}
	if f.files == nil {
		f.files = unzip(f, fixture.Document(f, 2))
	}
	files := f.listed(slices.Clone(f.files))
	if !f.noSeal {
		files = append(files, file{f.base()[1:] + "/Seal.esl", f.seal.Raw})
	}
	spec := ofd.SignatureSpec{
		ProviderName: "test", Method: string(oid.SM2WithSM3), CheckMethod: string(oid.SM3), Time: f.time,
		Stamps:   []ofd.Stamp{{ID: "s" + strconv.Itoa(100+f.number), PageRef: "4", Boundary: ofd.Box{X: 100, Y: 100, W: 42, H: 42}}},
		SealPath: f.base() + "/Seal.esl", ValuePath: f.base() + "/SignedValue.dat",
	}
	if f.noSeal {
		spec.SealPath = ""
	}
	if f.check != "" {
		spec.CheckMethod = f.check
	}
	for _, e := range files {
		if e.name != listName && !slices.Contains(f.omit, "/"+e.name) {
			sum := sm3.Sum(e.data)
			spec.References = append(spec.References, ofd.Reference{Path: "/" + e.name, CheckValue: sum[:]})
		}
	}
	spec.References = append(spec.References, f.more...)
	xml, err := ofd.BuildSignatureXML(spec)
	f.must(err)
	if f.xml != nil {
		xml = []byte(f.xml(string(xml)))
	}
	return append(files, file{f.base()[1:] + "/Signature.xml", xml}, file{f.base()[1:] + "/SignedValue.dat", f.signedValue(xml)})
}

// zip is make as a document.
func (f forgery) zip() []byte { return rezip(f, f.make()) }

const listName = "Doc_0/Signs/Signatures.xml"

// listed adds the signature to the list, and the list to OFD.xml.
func (f forgery) listed(files []file) []file {
	const end = "</ofd:Signatures>"
	entry := `<ofd:Signature ID="s` + strconv.Itoa(f.number+1) + `" BaseLoc="` + f.base() + `/Signature.xml"/>` + end
	if slices.ContainsFunc(files, func(e file) bool { return e.name == listName }) {
		return change(f, files, listName, swap(end, entry))
	}
	files = change(f, files, "OFD.xml", swap("</ofd:DocBody>", "<ofd:Signatures>/"+listName+end+"</ofd:DocBody>"))
	return add(files, listName, `<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016"><ofd:MaxSignId>s200</ofd:MaxSignId>`+entry)
}

func (f forgery) signedValue(xml []byte) []byte {
	if f.value != nil {
		return f.value(xml)
	}
	tbs, err := ses.TBSSign(f.seal.Raw, f.time, sm3.Sum(xml), f.base()+"/Signature.xml")
	f.must(err)
	if f.tbs != nil {
		tbs = f.tbs(tbs)
	}
	sig := signature(f, f.signer.Key, tbs)
	out := seq(tbs, tlv(der.OctetString, f.signer.Cert.Raw), oid.SM2WithSM3.Marshal(), bits(sig))
	if f.stamp != nil {
		out, err = ses.StampSignature(out, f.stamp(sig))
		f.must(err)
	}
	if f.der != nil {
		out = f.der(out)
	}
	return out
}

// signature is SM2 over message.
func signature(t testing.TB, key *sm2.PrivateKey, message []byte) []byte {
	t.Helper()
	h := fixture.Holder{Key: key}
	sig, err := h.SignDigest(context.Background(), sm2enc.Digest(&key.PublicKey, message))
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// change changes one file.
func change(t testing.TB, files []file, name string, how func(string) string) []file {
	t.Helper()
	out := slices.Clone(files)
	for i, e := range out {
		if e.name == name {
			after := how(string(e.data))
			if after == string(e.data) {
				t.Fatalf("%s was not changed", name)
			}
			out[i].data = []byte(after)
			return out
		}
	}
	t.Fatalf("there is no %s", name)
	return nil
}

func add(files []file, name, data string) []file {
	return append(slices.Clone(files), file{name, []byte(data)})
}

func drop(files []file, names ...string) []file {
	return slices.DeleteFunc(slices.Clone(files), func(e file) bool { return slices.Contains(names, e.name) })
}

func contents(t testing.TB, files []file, name string) string {
	t.Helper()
	for _, e := range files {
		if e.name == name {
			return string(e.data)
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}

// swap replaces old by new in a text, wherever it stands.
func swap(old, new string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, new) }
}

// tlv, seq and bits write DER.
func tlv(tag byte, content ...[]byte) []byte {
	body := slices.Concat(content...)
	head := []byte{tag, byte(len(body))}
	if n := len(body); n > 127 {
		head = []byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}
		switch {
		case n < 1<<8:
			head = []byte{tag, 0x81, byte(n)}
		case n < 1<<16:
			head = []byte{tag, 0x82, byte(n >> 8), byte(n)}
		}
	}
	return append(head, body...)
}

func seq(members ...[]byte) []byte { return tlv(der.Sequence, members...) }

func bits(octets []byte) []byte { return tlv(der.BitString, []byte{0}, octets) }

// member returns b with the member at path replaced: "0.2" is the third member
// of the first. nil removes it; one behind the last appends.
func member(t testing.TB, b []byte, path string, how func(der.Value) []byte) []byte {
	t.Helper()
	v, err := der.ParseOnly(b)
	if err != nil {
		t.Fatal(err)
	}
	if path == "" {
		return how(v)
	}
	step, rest, _ := strings.Cut(path, ".")
	at, err := strconv.Atoi(step)
	if err != nil {
		t.Fatal(err)
	}
	kids, err := v.Children()
	if err != nil || at > len(kids) {
		t.Fatalf("%s: %v", path, err)
	}
	var parts [][]byte
	for i, k := range kids {
		if i == at {
			parts = append(parts, member(t, k.Raw, rest, how))
		} else {
			parts = append(parts, k.Raw)
		}
	}
	if at == len(kids) {
		parts = append(parts, how(der.Value{}))
	}
	return tlv(v.Tag, parts...)
}

func become(b []byte) func(der.Value) []byte { return func(der.Value) []byte { return b } }

// issue makes a certificate that no authority of ours would make: issuer need
// not be one. change adjusts the template.
func (w *world) issue(profile string, s cert.Subject, issuer *fixture.Holder, change func(*cert.Template)) *fixture.Holder {
	w.Helper()
	p, err := cert.LookupProfile(profile)
	w.must(err)
	key, err := sm2.GenerateKey(rand.Reader)
	w.must(err)
	t := cert.Template{Profile: p, Subject: s, Serial: w.org.Cert.Serial, NotBefore: w.a.At, PublicKey: &key.PublicKey}
	t.Serial = serialAfter(t.Serial)
	signer := key
	if issuer != nil {
		// The writer asks for an authority: lend the issuer its extensions.
		lent := *issuer.Cert
		lent.Extensions = slices.Concat(authorityExtensions(w.a.Root.Cert), lent.Extensions)
		t.Issuer, signer = &lent, issuer.Key
	}
	t.NotAfter = w.a.At.AddDate(1, 0, -1)
	if change != nil {
		change(&t)
	}
	tbs, err := t.TBS()
	w.must(err)
	out, err := cert.Assemble(tbs, signature(w, signer, tbs))
	w.must(err)
	c, err := cert.Parse(out)
	w.must(err)
	return &fixture.Holder{Cert: c, Key: key}
}

func authorityExtensions(c *cert.Certificate) []cert.Extension {
	return slices.DeleteFunc(slices.Clone(c.Extensions), func(e cert.Extension) bool {
		return e.ID != oid.BasicConstraints && e.ID != oid.KeyUsage
	})
}

var attacker = cert.Subject{Country: "CN", Organisation: "示例监狱", CommonName: "示例监狱", CreditCode: fixture.CreditCode}

// recertify signs a changed TBSCertificate by issuer.
func (w *world) recertify(h, issuer *fixture.Holder, change func(tbs []byte) []byte) *fixture.Holder {
	w.Helper()
	tbs := change(bytes.Clone(h.Cert.RawTBS))
	out, err := cert.Assemble(tbs, signature(w, issuer.Key, tbs))
	w.must(err)
	c, err := cert.Parse(out)
	w.must(err)
	return &fixture.Holder{Cert: c, Key: h.Key}
}

func serialAfter(n *big.Int) *big.Int { return new(big.Int).Add(n, big.NewInt(1)) }
