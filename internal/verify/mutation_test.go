package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// sealed makes a document of three pages with a person's signature and an
// organisation's seal, and what is needed to judge it.
func sealed(t testing.TB) (doc []byte, set *trust.Set, at time.Time) {
	t.Helper()
	issued := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	a := fixture.New(t, issued)
	person, org := a.Person(nil), a.Organisation(nil)
	at = issued.AddDate(0, 1, 0)
	doc = fixture.Document(t, 3)
	for _, s := range []struct {
		key  *fixture.Holder
		seal *ses.Seal
	}{{person, a.Seal(ses.Handwritten, nil, person)}, {org, a.Seal(ses.OfficialSeal, nil, org)}} {
		p, err := sign.Prepare(context.Background(), fixture.Open(t, doc), sign.Request{
			Seal: s.seal, Certificate: s.key.Cert, Time: at, Trust: a.Trust(), Places: []sign.Place{{Page: 3, X: 120, Y: 200}}})
		if err != nil {
			t.Fatal(err)
		}
		value, err := s.key.SignDigest(context.Background(), p.Digest)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := p.Complete(&out, value); err != nil {
			t.Fatal(err)
		}
		doc = out.Bytes()
	}
	return doc, a.Trust(a.CRL(at.AddDate(0, 0, 1))), at.AddDate(0, 0, 2)
}

// file is one entry of a package, uncompressed.
type file struct {
	name string
	data []byte
}

func unzip(t testing.TB, doc []byte) []file {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(rc); err != nil {
			t.Fatal(err)
		}
		files = append(files, file{f.Name, b.Bytes()})
	}
	return files
}

// rezip writes a package anew with right checksums.
func rezip(t testing.TB, files []file) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		e, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// outcome is what a reader is told of a document.
type outcome struct {
	verdict verify.Verdict // "" when the package is refused
	refusal error
	codes   []fault.Code // that are neither ok nor note
	text    string       // all messages
}

func tell(t testing.TB, doc []byte, set *trust.Set, at time.Time) outcome {
	t.Helper()
	return tellBy(t, verify.GBT38540, doc, set, at)
}

// tellBy is tell by a policy.
func tellBy(t testing.TB, policy string, doc []byte, set *trust.Set, at time.Time) outcome {
	t.Helper()
	p, err := verify.LookupPolicy(policy)
	if err != nil {
		t.Fatal(err)
	}
	opt := verify.Options{Policy: p, Trust: set, At: at}
	pkg, err := ofd.Open(bytes.NewReader(doc), int64(len(doc)), ofd.DefaultLimits())
	var r *verify.Report
	if err == nil {
		r, err = verify.OFD(context.Background(), pkg, opt)
	} else if refused, ok := verify.Refused(err, opt); ok {
		r, err = refused, nil
	}
	if err != nil {
		return outcome{refusal: err}
	}
	r.Word(fault.EN)
	o := outcome{verdict: r.Verdict}
	collect := func(checks []verify.Check) {
		for _, c := range checks {
			if c.Level != verify.LevelOK && c.Level != verify.LevelNote {
				o.codes = append(o.codes, c.Code)
				o.text += c.Message + "\n"
			}
		}
	}
	collect(r.Document)
	for _, s := range r.Signatures {
		collect(s.Checks)
	}
	return o
}

func (o outcome) names(codes ...fault.Code) bool {
	for _, c := range codes {
		if slices.Contains(o.codes, c) || errors.Is(o.refusal, c) {
			return true
		}
	}
	return false
}

func (o outcome) String() string { return fmt.Sprintf("%s %v %v", o.verdict, o.codes, o.refusal) }

// mutations is how many changes are tried: 1,000, and 10,000 in the long proofs.
func mutations() int {
	if os.Getenv("XINZHANG_SOAK") == "1" {
		return 10_000
	}
	return 1000
}

// Whatever is done to the uncompressed files of a sealed document, the verdict is
// the one of the verdict table and the reason names what was done.
func TestMutationsOfASealedDocument(t *testing.T) {
	doc, set, at := sealed(t)
	if o := tell(t, doc, set, at); o.verdict != verify.Passed || len(o.codes) > 0 {
		t.Fatalf("the document itself: %s", o)
	}
	files := unzip(t, doc)
	if o := tell(t, rezip(t, files), set, at); o.verdict != verify.Passed || len(o.codes) > 0 {
		t.Fatalf("control, zipped again without a change: %s", o)
	}
	rng := rand.New(rand.NewPCG(38540, 2020))
	counts := map[string]int{}
	for i := range mutations() {
		m := mutate(rng, files)
		counts[m.how]++
		o := tell(t, rezip(t, m.files), set, at)
		if why := m.wrong(o); why != "" {
			t.Errorf("mutation %d (%s %s): %s; got %s\n%s", i, m.how, m.name, why, o, o.text)
		}
	}
	t.Logf("mutations: %v", counts)
}

// A mutation is a changed package and what must be said of it.
type mutation struct {
	how, name string
	files     []file
	wrong     func(outcome) string
}

func mutate(rng *rand.Rand, original []file) mutation {
	files := slices.Clone(original)
	i := rng.IntN(len(files))
	name := files[i].name
	switch how := rng.IntN(10); how {
	case 0: // drop
		m := mutation{"drop", name, slices.Delete(files, i, i+1), nil}
		m.wrong = dropped(name)
		return m
	case 1: // add a file nothing refers to
		name = fmt.Sprintf("Doc_0/Res/extra_%d.bin", rng.IntN(1000))
		return mutation{"add", name, append(files, file{name, []byte("stray")}), func(o outcome) string {
			if o.verdict != verify.Passed || !o.names(fault.DocStray) || !strings.Contains(o.text, name) {
				return "want passed, the stray file named"
			}
			return ""
		}}
	case 2: // swap the contents of two files
		j := (i + 1 + rng.IntN(len(files)-1)) % len(files)
		if bytes.Equal(files[i].data, files[j].data) {
			return mutate(rng, original)
		}
		other := files[j].name
		files[i], files[j] = file{name, files[j].data}, file{other, files[i].data}
		return mutation{"swap", name + " and " + other, files, func(o outcome) string {
			if o.verdict == verify.Passed || o.verdict == verify.Indeterminate || o.verdict == verify.Unsigned && !touches(name, other, "OFD.xml") {
				return "want failed"
			}
			return ""
		}}
	case 3: // the same name twice
		changed := bytes.Clone(files[i].data)
		changed[rng.IntN(len(changed))] ^= 1
		files = slices.Insert(files, rng.IntN(len(files)+1), file{name, changed})
		return mutation{"duplicate", name, files, func(o outcome) string {
			if o.verdict != verify.Failed || !o.names(fault.DocDuplicateEntry) {
				return "want failed, the double entry named"
			}
			return ""
		}}
	default: // flip a bit
		data := bytes.Clone(files[i].data)
		data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
		files[i].data = data
		return mutation{"flip", name, files, flipped(name)}
	}
}

func touches(names ...string) bool {
	return slices.Contains(names[:len(names)-1], names[len(names)-1])
}

// dropped says what the loss of a file must be called.
func dropped(name string) func(outcome) string {
	want := []fault.Code{fault.DocRefMissing}
	switch {
	case name == "OFD.xml":
		want = []fault.Code{fault.DocNotOFD}
	case strings.HasSuffix(name, "Signatures.xml"):
		want = []fault.Code{fault.DocSiglistMissing}
	case strings.HasSuffix(name, "Signature.xml"):
		want = []fault.Code{fault.DocSigfileMissing}
	case strings.HasSuffix(name, "SignedValue.dat"):
		want = []fault.Code{fault.SigValueMissing}
	}
	return func(o outcome) string {
		if o.verdict != verify.Failed && o.refusal == nil || !o.names(want...) {
			return fmt.Sprintf("want failed or refused, with %v", want)
		}
		return ""
	}
}

// flipped says what a changed bit in a file must be called.
func flipped(name string) func(outcome) string {
	switch {
	case strings.HasSuffix(name, "Signatures.xml"):
		// No signature may protect the list, or none could be added: a bit in it
		// may be harmless, hide a signature (its files are then strays) or break
		// the list. It never makes anything better than it was.
		return func(o outcome) string {
			if o.verdict == verify.Passed && len(o.codes) > 0 && !o.names(fault.DocStray) && !o.names(fault.DocDangling) {
				return "want the hidden signature's files named"
			}
			return ""
		}
	case name == "OFD.xml":
		return func(o outcome) string {
			switch {
			case o.refusal != nil, o.verdict == verify.Failed:
				return ""
			case o.verdict == verify.Unsigned && o.names(fault.DocStray):
				return "" // the announcement of the list is gone
			}
			return "want failed, refused, or unsigned with the leftover signature named"
		}
	case strings.HasSuffix(name, "SignedValue.dat"), strings.HasSuffix(name, "Signature.xml"):
		return func(o outcome) string {
			if o.verdict != verify.Failed {
				return "want failed"
			}
			return ""
		}
	default:
		part := map[string]string{
			"Doc_0/Pages/Page_0/Content.xml": "page 1", "Doc_0/Pages/Page_1/Content.xml": "page 2",
			"Doc_0/Pages/Page_2/Content.xml": "page 3",
		}[name]
		return func(o outcome) string {
			if o.verdict != verify.Failed || !o.names(fault.DocDigest) || !strings.Contains(o.text, part) {
				return "want failed, the changed " + part + " named"
			}
			return ""
		}
	}
}
