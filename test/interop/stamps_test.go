package interop

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// A stamper is a time-stamp authority whose certificate and tokens BouncyCastle
// makes, under a root of its own.
type stamper struct {
	root, own party
}

func newStamper(t *testing.T) stamper {
	t.Helper()
	s := stamper{root: newParty(t, "root", cert.Subject{CommonName: "示例时间戳根 CA"}, nil), own: party{key: newKey(t)}}
	raw := MadeByBouncyCastle(t, "make-stamp-certificate "+now.Format(time.RFC3339), s.root.scalar(), s.root.cert.Raw, sm2enc.MarshalSPKI(&s.own.key.PublicKey))
	var err error
	if s.own.cert, err = cert.Parse(raw); err != nil {
		t.Fatal(err)
	}
	return s
}

// over is a token over value, of the given time.
func (s stamper) over(t *testing.T, value []byte, at time.Time) []byte {
	t.Helper()
	return MadeByBouncyCastle(t, "make-stamp "+at.Format(time.RFC3339), s.own.scalar(), s.own.cert.Raw, value)
}

// judged verifies a document and returns the verdict with the codes of its first
// signature.
func judged(t *testing.T, document []byte, known *trust.Set) (verify.SignatureReport, []fault.Code) {
	t.Helper()
	policy, err := verify.LookupPolicy(verify.GBT38540)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := ofd.Open(bytes.NewReader(document), int64(len(document)), ofd.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.OFD(context.Background(), pkg, verify.Options{Policy: policy, Trust: known, At: now.AddDate(0, 0, 2)})
	if err != nil {
		t.Fatal(err)
	}
	var codes []fault.Code
	for _, c := range r.Signatures[0].Checks {
		codes = append(codes, c.Code)
	}
	return r.Signatures[0], codes
}

// Both slots of version 5, the one of the seal and the one of the signature, are
// filled by an authority that is not ours.
func TestWeJudgeTimeStampsOfBouncyCastle(t *testing.T) {
	t.Parallel()
	w, tsa := newWorld(t), newStamper(t)
	value := func(seal []byte) []byte {
		s, err := ses.ParseSeal(seal)
		if err != nil {
			t.Fatal(err)
		}
		return s.Value
	}
	seal, at := w.seal(t, ses.V5), now.Add(time.Minute)
	sealToken := tsa.over(t, value(seal), at)
	stamped, err := ses.StampSeal(seal, sealToken)
	if err != nil {
		t.Fatal(err)
	}
	// withToken signs with a seal and puts the token that make gives over the signer's value into its slot.
	withToken := func(seal []byte, make func(value []byte) []byte) []byte {
		return rezip(t, w.sealed(t, seal), func(name string, b []byte) []byte {
			if !strings.HasSuffix(name, "SignedValue.dat") {
				return b
			}
			s, err := ses.ParseSignature(b)
			if err != nil {
				t.Fatal(err)
			}
			if b, err = ses.StampSignature(b, make(s.Value)); err != nil {
				t.Fatal(err)
			}
			return b
		})
	}
	good := func(value []byte) []byte { return tsa.over(t, value, at) }
	otherSeal, err := ses.StampSeal(w.seal(t, ses.V5), sealToken) // the token is over the value of another seal
	if err != nil {
		t.Fatal(err)
	}
	ours := func(more ...*cert.Certificate) *trust.Set { // with lists, so that nothing but the stamp is open
		set := &trust.Set{Anchors: append(more, w.root.cert, w.sub.cert)}
		for _, issuer := range []party{w.root, w.sub} {
			list, err := crl.Parse(issuer.list(t))
			if err != nil {
				t.Fatal(err)
			}
			set.CRLs = append(set.CRLs, list)
		}
		return set
	}
	for name, tt := range map[string]struct {
		document []byte
		known    *trust.Set
		code     fault.Code
		verdict  verify.Verdict
		source   verify.TimeSource
	}{
		"both slots":                 {withToken(stamped, good), ours(tsa.root.cert), fault.TimeStampOK, verify.Passed, verify.TimeStamp},
		"an authority nobody trusts": {withToken(seal, good), ours(), fault.TimeStampUnknown, verify.Indeterminate, verify.Clock},
		"a seal's stamp of an authority nobody trusts": {w.sealed(t, stamped), ours(), fault.SealStampUnknown, verify.Indeterminate, verify.Clock},
		"a stamp of another value": {withToken(seal, func([]byte) []byte { return good([]byte("another value")) }),
			ours(tsa.root.cert), fault.TimeStampWrong, verify.Failed, verify.Clock},
		"a flipped bit of the signed time": {withToken(seal, func(v []byte) []byte {
			token := good(v)
			return flip(t, token, []byte(at.UTC().Format("20060102150405Z"))[8:])
		}), ours(tsa.root.cert), fault.TimeStampWrong, verify.Failed, verify.Clock},
		"a seal with the stamp of another seal": {w.sealed(t, otherSeal), ours(tsa.root.cert), fault.SealStampWrong, verify.Failed, verify.Clock},
	} {
		r, codes := judged(t, tt.document, tt.known)
		if !slices.Contains(codes, tt.code) || r.Verdict != tt.verdict || r.TimeSource != tt.source {
			t.Errorf("%s: %s, time by %s, %v; want %s, %s, %s", name, r.Verdict, r.TimeSource, codes, tt.verdict, tt.source, tt.code)
		}
		if tt.source == verify.TimeStamp && !r.Time.Equal(at) {
			t.Errorf("%s: signed at %s, stamped at %s", name, r.Time, at)
		}
	}
}
