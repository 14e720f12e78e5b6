package crl

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"iter"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/format/sm2enc"
)

// each gives the entries of list, and change() more from the second time on.
func each(list []Entry, change ...Entry) iter.Seq2[Entry, error] {
	first := true
	return func(yield func(Entry, error) bool) {
		all := list
		if !first {
			all = append(append([]Entry(nil), list...), change...)
		}
		first = false
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestAListWrittenPieceByPieceIsTheOneThatIsBuilt(t *testing.T) {
	ca, key := authority(t)
	signer := func(e [32]byte) ([]byte, error) {
		sig, err := sm2enc.SignDigest(rand.Reader, key, e)
		return sig.Marshal(), err
	}
	many := make([]Entry, 5000)
	for i := range many {
		many[i] = Entry{Serial: serial(int64(i)), RevokedAt: start.Add(time.Duration(i) * time.Minute), Reason: KeyCompromise}
	}
	for name, list := range map[string][]Entry{"no entry": nil, "one entry": entries[:1], "every kind of entry": entries, "many entries": many} {
		t.Run(name, func(t *testing.T) {
			tmpl := Template{Issuer: ca, Number: big.NewInt(7), ThisUpdate: start, NextUpdate: start.AddDate(0, 0, 7)}
			var out bytes.Buffer
			if err := Write(&out, tmpl, each(list), signer); err != nil {
				t.Fatal(err)
			}
			l, err := Parse(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if err := l.CheckSignatureFrom(ca); err != nil || len(l.Raw) != out.Len() || len(l.Deviations) > 0 {
				t.Errorf("signature %v, %d of %d octets, deviations %v", err, len(l.Raw), out.Len(), l.Deviations)
			}
			tmpl.Entries = list
			tbs, err := Build(tmpl)
			if err != nil || !bytes.Equal(tbs, l.RawTBS) {
				t.Errorf("the signed part differs from what Build makes (%v): %s", err, cmp.Diff(tbs, l.RawTBS))
			}
		})
	}
}

func TestAListIsNotWrittenHalf(t *testing.T) {
	ca, key := authority(t)
	tmpl := Template{Issuer: ca, Number: big.NewInt(7), ThisUpdate: start, NextUpdate: start.AddDate(0, 0, 7)}
	right := func(e [32]byte) ([]byte, error) {
		sig, err := sm2enc.SignDigest(rand.Reader, key, e)
		return sig.Marshal(), err
	}
	broken := errors.New("the register is gone")
	short := sm2enc.Signature{R: big.NewInt(1), S: big.NewInt(1)}.Marshal()
	tests := map[string]struct {
		entries iter.Seq2[Entry, error]
		sign    func([32]byte) ([]byte, error)
		want    string
	}{
		"an entry more the second time":   {each(entries, entries[0]), right, "changed"},
		"an entry that cannot be read":    {func(yield func(Entry, error) bool) { yield(Entry{}, broken) }, right, "the register is gone"},
		"a serial number of zero":         {each([]Entry{{Serial: new(big.Int), RevokedAt: start}}), right, "entry 0"},
		"a serial number of 21 octets":    {each([]Entry{{Serial: new(big.Int).Lsh(big.NewInt(1), 160), RevokedAt: start}}), right, "20 octets"},
		"a key that fails":                {each(entries), func([32]byte) ([]byte, error) { return nil, broken }, "the register is gone"},
		"a key that signs one way only":   {each(entries), func([32]byte) ([]byte, error) { return short, nil }, "none of 64"},
		"a signature that is not DER":     {each(entries), func([32]byte) ([]byte, error) { return make([]byte, 64), nil }, "not DER"},
		"an entry that leaves the list":   {each([]Entry{{Serial: serial(1), RevokedAt: start, Reason: RemoveFromCRL}}), right, "no place"},
		"a date of the year ten thousand": {each([]Entry{{Serial: serial(1), RevokedAt: start.AddDate(10000, 0, 0)}}), right, "9999"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := Write(io.Discard, tmpl, tt.entries, tt.sign)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
