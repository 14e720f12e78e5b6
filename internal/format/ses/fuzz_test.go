package ses

import (
	"bytes"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

func seed(f *testing.F, pattern string) {
	for _, name := range must(filepath.Glob("testdata/" + pattern)) {
		f.Add(golden(f, filepath.Base(name)))
	}
}

// strict drops the deviations that do not touch the encoding.
func strict(deviations []string) bool {
	return !slices.ContainsFunc(deviations, func(d string) bool { return !strings.Contains(d, "is critical and not known") })
}

// What is read reads again from its raw bytes to the same value, Detect agrees,
// and a seal without deviations is written back to the same bytes.
func FuzzParseSeal(f *testing.F) {
	seed(f, "seal-*.der")
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSeal(b)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(b, s.Raw) || !bytes.Contains(s.Raw, s.RawInfo) {
			t.Fatal("raw bytes are not those of the input")
		}
		if want := map[int]Kind{V1: KindSealV1, V4: KindSealV4, V5: KindSealV5}[s.Version]; Detect(b) != want {
			t.Errorf("Detect says %v, read as %v", Detect(b), want)
		}
		if len(s.Raw) < len(b) {
			s.Deviations = withoutTrailer(s.Deviations)
		}
		again, err := ParseSeal(s.Raw)
		if err != nil || !reflect.DeepEqual(s, again) {
			t.Fatalf("raw bytes read as something else: %v\n%+v\n%+v", err, s, again)
		}
		rewriteSeal(t, s)
	})
}

func withoutTrailer(deviations []string) []string {
	if deviations = deviations[1:]; len(deviations) == 0 {
		return nil
	}
	return deviations
}

func rewriteSeal(t *testing.T, s *Seal) {
	if !strict(s.Deviations) {
		return
	}
	info, err := s.Info.Marshal(s.Version)
	if err != nil || !bytes.Equal(info, s.RawInfo) {
		t.Fatalf("no deviation noted, but written as something else: %v\n%x\n%x", err, s.RawInfo, info)
	}
	out, err := AssembleSeal(info, s.MakerCert, s.Value)
	if err == nil && s.TimeStamp != nil {
		out, err = StampSeal(out, s.TimeStamp)
	}
	if err != nil || s.SignAlg != oid.SM2WithSM3 {
		return // the parts are not what we write: another algorithm, no certificate
	}
	if !bytes.Equal(out, s.Raw) {
		t.Errorf("no deviation noted, but assembled as something else:\n%x\n%x", s.Raw, out)
	}
}

// A signature that is read reads again from its raw bytes to the same value,
// Detect agrees, and one without deviations is written back to the same bytes.
func FuzzParseSignature(f *testing.F) {
	seed(f, "signature-*.der")
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSignature(b)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(b, s.Raw) || !bytes.Contains(s.RawToSign, s.Seal.Raw) {
			t.Fatal("raw bytes are not those of the input")
		}
		if want := map[int]Kind{V1: KindSignatureV1, V4: KindSignatureV4, V5: KindSignatureV5}[s.Version]; Detect(b) != want {
			t.Errorf("Detect says %v, read as %v", Detect(b), want)
		}
		if len(s.Raw) < len(b) {
			s.Deviations = withoutTrailer(s.Deviations)
		}
		again, err := ParseSignature(s.Raw)
		if err != nil || !reflect.DeepEqual(s, again) {
			t.Fatalf("raw bytes read as something else: %v\n%+v\n%+v", err, s, again)
		}
		if strict(s.Deviations) && strict(s.Seal.Deviations) {
			rewriteSeal(t, s.Seal)
			rewriteToSign(t, s)
		}
	})
}

func rewriteToSign(t *testing.T, s *Signature) {
	var tbs []byte
	var err error
	switch {
	case s.Ext != nil: // not written
		return
	case s.Version != V1:
		tbs, err = TBSSign(s.Seal.Raw, s.Time, [32]byte(s.DataHash), s.PropertyInfo)
	case s.TimeText == s.Time.Format(writtenLayout) && s.SignAlg == oid.SM2WithSM3:
		tbs, err = TBSSignV1(s.Seal.Raw, s.Time, [32]byte(s.DataHash), s.PropertyInfo, s.SignerCert)
	default: // version 1 takes many texts, we write one
		return
	}
	if year := s.Time.Year(); s.Version == V1 && (year < 1950 || year > 9999) {
		return
	}
	if version := first(must(der.ParseOnly(s.RawToSign))); s.Version == V1 && version.Content[0] != 1 {
		return // 11, the number of the standard's example
	}
	if err != nil || !bytes.Equal(tbs, s.RawToSign) {
		t.Errorf("no deviation noted, but written as something else: %v\n%x\n%x", err, s.RawToSign, tbs)
	}
}
