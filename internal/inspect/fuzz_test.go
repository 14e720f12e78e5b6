package inspect_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/inspect"
)

// FuzzBytes asks that whatever can be recognised can be explained: as JSON, and
// as text in both languages of bounded length without a control character.
func FuzzBytes(f *testing.F) {
	a := fixture.New(f, issued)
	person, unit := a.Person(nil), a.Organisation(nil)
	list := a.CRL(issued, crl.Entry{Serial: person.Cert.Serial, RevokedAt: issued, Reason: crl.Hold})
	for _, b := range [][]byte{
		person.Cert.Raw, unit.Cert.Raw, a.Root.Cert.Raw, list.Raw, a.Seal(ses.OfficialSeal, nil, unit).Raw, fixture.Document(f, 2),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: unit.Cert.Raw}), []byte(bareKey),
	} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := inspect.Bytes(b, look)
		if err != nil {
			if fault.Of(err).Code == fault.InternalError {
				t.Errorf("an error without words: %v", err)
			}
			return
		}
		if err := json.NewEncoder(io.Discard).Encode(r); err != nil {
			t.Error(err)
		}
		s := text(t, r)
		if limit := 1<<20 + 64*len(b); len(s) > limit {
			t.Errorf("%d bytes are explained in %d", len(b), len(s))
		}
		if strings.ContainsFunc(s, func(c rune) bool { return c < 0x20 && c != '\n' }) {
			t.Errorf("a control character in %q", s)
		}
	})
}
