package crl

import (
	"bytes"
	"crypto/rand"
	"errors"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
)

var start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func serial(n int64) *big.Int {
	base, _ := new(big.Int).SetString("b75c0d1e2f30415263748596a7000000", 16)
	return base.Add(base, big.NewInt(n))
}

func sign(t testing.TB, key *sm2.PrivateKey, msg []byte) []byte {
	t.Helper()
	sig, err := sm2enc.SignDigest(rand.Reader, key, sm2enc.Digest(&key.PublicKey, msg))
	if err != nil {
		t.Fatal(err)
	}
	return sig.Marshal()
}

// authority makes a self-signed CA.
func authority(t testing.TB) (*cert.Certificate, *sm2.PrivateKey) {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p, err := cert.LookupProfile("root")
	if err != nil {
		t.Fatal(err)
	}
	tbs, err := cert.Template{Profile: p, Subject: cert.Subject{Country: "CN", CommonName: "示例根 CA"}, Serial: serial(0),
		NotBefore: start, NotAfter: p.NotAfter(start), PublicKey: &key.PublicKey}.TBS()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := cert.Assemble(tbs, sign(t, key, tbs))
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

func makeList(t testing.TB, ca *cert.Certificate, key *sm2.PrivateKey, entries []Entry) []byte {
	t.Helper()
	tbs, err := Build(Template{Issuer: ca, Number: big.NewInt(7), ThisUpdate: start, NextUpdate: start.AddDate(0, 0, 7), Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := Assemble(tbs, sign(t, key, tbs))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var entries = []Entry{
	{Serial: serial(1), RevokedAt: start.Add(-time.Hour)},
	{Serial: serial(2), RevokedAt: start.Add(-2 * time.Hour), Reason: Hold},
	{Serial: serial(3), RevokedAt: start.Add(-3 * time.Hour), Reason: KeyCompromise, InvalidityDate: start.AddDate(0, 0, -2)},
	{Serial: big.NewInt(0x80), RevokedAt: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC), Reason: Superseded},
}

var sameSerial = cmp.Comparer(func(a, b *big.Int) bool { return (a == nil) == (b == nil) && (a == nil || a.Cmp(b) == 0) })

func TestAListReadsBackAsItWasBuilt(t *testing.T) {
	ca, key := authority(t)
	l, err := Parse(makeList(t, ca, key, entries))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.CheckSignatureFrom(ca); err != nil {
		t.Error(err)
	}
	if l.Count != len(entries) || l.Number.Int64() != 7 || len(l.Deviations) > 0 || l.Issuer().String() != "CN=示例根 CA,C=CN" {
		t.Errorf("count %d, number %v, deviations %v, issuer %s", l.Count, l.Number, l.Deviations, l.Issuer())
	}
	for _, want := range entries {
		got, ok := l.Lookup(want.Serial)
		if diff := cmp.Diff(want, got, sameSerial); !ok || diff != "" {
			t.Errorf("Lookup(%x): %s", want.Serial, diff)
		}
	}
	if _, ok := l.Lookup(serial(4)); ok {
		t.Error("a certificate that is not listed is found")
	}
	i := 0
	for got := range l.Entries {
		if diff := cmp.Diff(entries[i], got, sameSerial); diff != "" {
			t.Errorf("entry %d: %s", i, diff)
		}
		i++
	}
}

func TestAListIsCurrentFromThisUpdateToNextUpdate(t *testing.T) {
	ca, key := authority(t)
	l, err := Parse(makeList(t, ca, key, nil))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Time]bool{
		start.Add(-time.Second): false, start: true, start.AddDate(0, 0, 7): true, start.AddDate(0, 0, 7).Add(time.Second): false,
	} {
		if got := l.Current(at); got != want {
			t.Errorf("Current(%s) = %v", at, got)
		}
	}
}

func TestAForeignIssuerOfTheSameNameIsRefused(t *testing.T) {
	ca, key := authority(t)
	other, otherKey := authority(t)
	l, err := Parse(makeList(t, ca, key, entries))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.CheckSignatureFrom(other); !errors.Is(err, fault.CRLIssuer) {
		t.Errorf("another key's certificate: %v", err)
	}
	forged, err := Parse(makeList(t, ca, otherKey, entries)) // signed by a stranger in ca's name
	if err != nil {
		t.Fatal(err)
	}
	if err := forged.CheckSignatureFrom(ca); !errors.Is(err, fault.CRLSignature) {
		t.Errorf("a forged list: %v", err)
	}
}

func TestBuildRefusesWhatHasNoPlaceInACompleteList(t *testing.T) {
	ca, _ := authority(t)
	good := Template{Issuer: ca, Number: big.NewInt(1), ThisUpdate: start, NextUpdate: start.AddDate(0, 0, 1)}
	for name, change := range map[string]func(*Template){
		"removeFromCRL":       func(t *Template) { t.Entries = []Entry{{Serial: serial(1), RevokedAt: start, Reason: RemoveFromCRL}} },
		"reason 7":            func(t *Template) { t.Entries = []Entry{{Serial: serial(1), RevokedAt: start, Reason: 7}} },
		"no serial":           func(t *Template) { t.Entries = []Entry{{RevokedAt: start}} },
		"no date":             func(t *Template) { t.Entries = []Entry{{Serial: serial(1)}} },
		"number 0":            func(t *Template) { t.Number = new(big.Int) },
		"dates in reverse":    func(t *Template) { t.NextUpdate = start },
		"no issuer":           func(t *Template) { t.Issuer = nil },
		"issuer is no issuer": func(t *Template) { t.Issuer = &cert.Certificate{} },
	} {
		tpl := good
		change(&tpl)
		if _, err := Build(tpl); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Build(good); err != nil {
		t.Errorf("the good template: %v", err)
	}
}

func TestReasonsHaveWordsInBothLanguages(t *testing.T) {
	for r, w := range reasons {
		if r.Words(fault.ZH) != w.zh || r.Words(fault.EN) != w.en || w.zh == "" || w.en == "" || r.String() != w.name {
			t.Errorf("reason %d lacks words", r)
		}
		if got, err := ParseReason(strings.ToUpper(w.name)); err != nil || got != r {
			t.Errorf("ParseReason(%s) = %v, %v", w.name, got, err)
		}
	}
	if _, err := ParseReason("tired"); !errors.Is(err, fault.CRLReasonUnknown) {
		t.Errorf("got %v", err)
	}
	if got := Hold.Words(fault.ZH); got != "挂起（冻结）" || Hold != 6 {
		t.Errorf("hold: %s", got)
	}
}

// extended is a good list with one more extension.
func extended(t *testing.T, ca *cert.Certificate, key *sm2.PrivateKey, extension string) *List {
	t.Helper()
	tbs, err := Build(Template{Issuer: ca, Number: big.NewInt(7), ThisUpdate: start, NextUpdate: start.AddDate(0, 0, 7), Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	head, tail, err := Template{Issuer: ca, Number: big.NewInt(7), ThisUpdate: start, NextUpdate: start.AddDate(0, 0, 7)}.ends()
	if err != nil {
		t.Fatal(err)
	}
	// the tail is [0] { SEQUENCE { … } } with one-octet lengths
	longer := append(bytes.Clone(tail), extension...)
	longer[1] += byte(len(extension))
	longer[3] += byte(len(extension))
	at := bytes.Index(tbs, head)
	body := append(bytes.Clone(tbs[at:len(tbs)-len(tail)]), longer...)
	tbs = append(appendHeader(nil, 0x30, len(body)), body...)
	raw, err := Assemble(tbs, sign(t, key, tbs))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAListThatDoesNotSettleTheMatterSaysSo(t *testing.T) {
	ca, key := authority(t)
	for name, x := range map[string]struct{ extension, kind string }{
		"delta":             {"\x30\x0D\x06\x03\x55\x1D\x1B\x01\x01\xFF\x04\x03\x02\x01\x01", "it is a delta list"},
		"indirect":          {"\x30\x0F\x06\x03\x55\x1D\x1C\x01\x01\xFF\x04\x05\x30\x03\x84\x01\xFF", "it is an indirect list"},
		"some reasons":      {"\x30\x10\x06\x03\x55\x1D\x1C\x01\x01\xFF\x04\x06\x30\x04\x83\x02\x06\x40", "it holds some reasons only"},
		"users only":        {"\x30\x0F\x06\x03\x55\x1D\x1C\x01\x01\xFF\x04\x05\x30\x03\x81\x01\xFF", "it is for another kind of certificates"},
		"another point":     {"\x30\x16\x06\x03\x55\x1D\x1C\x01\x01\xFF\x04\x0C\x30\x0A\xA0\x08\xA0\x06\x86\x04http", "it belongs to another distribution point"},
		"unknown, critical": {"\x30\x0C\x06\x03\x55\x1D\x63\x01\x01\xFF\x04\x02\x05\x00", "it holds the unknown critical extension 2.5.29.99"},
	} {
		l := extended(t, ca, key, x.extension)
		err := l.Covers(ca)
		if !errors.Is(err, fault.CRLNotJudged) || fault.Of(err).Args["kind"].(fault.Worded).Words(fault.EN) != x.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := extended(t, ca, key, "").Covers(ca); err != nil {
		t.Errorf("the complete list: %v", err)
	}
	if err := extended(t, ca, key, "\x30\x0F\x06\x03\x55\x1D\x1C\x01\x01\xFF\x04\x05\x30\x03\x82\x01\xFF").Covers(ca); err != nil {
		t.Errorf("a list of CA certificates, asked about one: %v", err)
	}
}

func TestALongListCostsNoMemoryBesideItsBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a list of 200,000 entries")
	}
	ca, key := authority(t)
	const n = 200_000
	long := make([]Entry, n)
	for i := range long {
		long[i] = Entry{Serial: serial(int64(i)), RevokedAt: start, Reason: KeyCompromise}
	}
	raw := makeList(t, ca, key, long)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	_, found := l.Lookup(serial(n - 1))
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; !found || l.Count != n || got > uint64(len(raw)/2) {
		t.Errorf("found %v, %d entries, %d bytes allocated for a list of %d bytes", found, l.Count, got, len(raw))
	}
}

// A list that is read is read again from its raw bytes to the same entries.
func FuzzParse(f *testing.F) {
	ca, key := authority(f)
	f.Add(makeList(f, ca, key, entries))
	f.Add(makeList(f, ca, key, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Parse(b)
		if err != nil {
			if !errors.Is(err, fault.CRLBroken) {
				t.Errorf("error without a code: %v", err)
			}
			return
		}
		again, err := Parse(l.Raw)
		if err != nil || again.Count != l.Count || !bytes.Equal(again.RawTBS, l.RawTBS) {
			t.Fatalf("raw bytes read differently: %v", err)
		}
		seen := 0
		for e := range l.Entries {
			got, ok := l.Lookup(e.Serial)
			if seen++; !ok || got.Reason.rank() < e.Reason.rank() || got.Reason.rank() == e.Reason.rank() && got.RevokedAt.After(e.RevokedAt) {
				t.Errorf("entry %x is not found, or a better one", e.Serial)
			}
			if seen == 50 {
				return
			}
		}
		if seen != l.Count {
			t.Errorf("%d of %d entries walked", seen, l.Count)
		}
		_ = l.Covers(ca)
		_ = l.CheckSignatureFrom(ca)
	})
}

func BenchmarkParse(b *testing.B) {
	ca, key := authority(b)
	long := make([]Entry, 100_000)
	for i := range long {
		long[i] = Entry{Serial: serial(int64(i)), RevokedAt: start, Reason: KeyCompromise}
	}
	raw := makeList(b, ca, key, long)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// However the serial number of an entry is padded, its certificate is revoked.
func TestEntriesAreFoundHoweverTheirNumberIsPadded(t *testing.T) {
	ca, key := authority(t)
	raw := makeList(t, ca, key, []Entry{{Serial: serial(1), RevokedAt: start}})
	plain := append([]byte{0x02, 17}, append([]byte{0}, serial(1).Bytes()...)...)
	if !bytes.Contains(raw, plain) {
		t.Fatal("the entry stands in the list in another way")
	}
	number := func(text string) *big.Int {
		n, _ := new(big.Int).SetString(text, 0)
		return n
	}
	for _, x := range []struct {
		content string // of 17 octets, as it stands in the list
		asked   *big.Int
		found   bool
	}{
		{"\x00" + strings.Repeat("\x00", 15) + "\x05", number("5"), true},
		{strings.Repeat("\xFF", 16) + "\x80", number("-128"), true},
		{strings.Repeat("\xFF", 16) + "\x80", number("-129"), false},
		{strings.Repeat("\xFF", 16) + "\x80", number("128"), false},
		{"\xFF\xFF\x7F" + strings.Repeat("\x00", 14), new(big.Int).Neg(new(big.Int).Lsh(number("129"), 112)), true},
		{"\xB7" + strings.Repeat("\x00", 16), new(big.Int).Lsh(number("0xB7"), 128), true}, // the leading 00 left out
	} {
		l, err := Parse(bytes.Replace(raw, plain, append([]byte{0x02, 17}, x.content...), 1))
		if err != nil {
			t.Fatalf("%x: %v", x.content, err)
		}
		if _, ok := l.Lookup(x.asked); ok != x.found {
			t.Errorf("%x: serial %x found %v", x.content, x.asked, ok)
		}
	}
}

// No order of two entries of one number hides the worse, nor the earlier.
func TestANumberListedTwiceIsAsBadAsItsWorstEntry(t *testing.T) {
	ca, key := authority(t)
	day := func(n int) time.Time { return start.AddDate(0, 0, n) }
	at := func(n int, r Reason) Entry { return Entry{Serial: serial(1), RevokedAt: day(n), Reason: r} }
	lost := at(9, KeyCompromise)
	lost.InvalidityDate = day(1)
	for _, c := range []struct {
		name    string
		a, b    Entry
		want    Reason
		revoked int
		invalid int
	}{
		{"revoked twice", at(5, KeyCompromise), at(2, KeyCompromise), KeyCompromise, 2, 0},
		{"on hold and revoked", at(2, Hold), at(5, Superseded), Superseded, 2, 0},
		{"on hold twice", at(4, Hold), at(3, Hold), Hold, 3, 0},
		{"key lost before", at(5, KeyCompromise), lost, KeyCompromise, 5, 1},
		{"revoked for two reasons", at(5, KeyCompromise), at(3, Superseded), Superseded, 3, 0},
	} {
		for _, pair := range [][]Entry{{c.a, {Serial: serial(2), RevokedAt: day(0)}, c.b}, {c.b, c.a}} {
			l, err := Parse(makeList(t, ca, key, pair))
			if err != nil {
				t.Fatal(err)
			}
			got, ok := l.Lookup(serial(1))
			if !ok || got.Reason != c.want || !got.RevokedAt.Equal(day(c.revoked)) || c.invalid > 0 && !got.InvalidityDate.Equal(day(c.invalid)) {
				t.Errorf("%s: %+v", c.name, got)
			}
		}
	}
}
