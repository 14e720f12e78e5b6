package verify_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
	"xinzhang/test/corpus"
)

func policy(t *testing.T, name string) verify.Policy {
	t.Helper()
	p, err := verify.LookupPolicy(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func judge(t *testing.T, name string, set *trust.Set, policyName string, at time.Time) *verify.Report {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := ofd.Open(f, info.Size(), ofd.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.OFD(context.Background(), pkg, verify.Options{Policy: policy(t, policyName), Trust: set, At: at})
	if err != nil {
		t.Fatal(err)
	}
	return r.Word(fault.EN)
}

var judgedAt = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// The verdicts that documents made by others must get, without trust and with
// the root of their maker.
var foreign = []struct {
	file          string
	without, with verify.Verdict
	strict        verify.Verdict
	codes         []fault.Code // that the report with trust must name
}{
	{"helloworld.ofd", verify.Unsigned, verify.Unsigned, verify.Unsigned, nil},
	{"VPage7.ofd", verify.Unsigned, verify.Unsigned, verify.Unsigned, nil},
	{"multiKeywordInTextCode.ofd", verify.Unsigned, verify.Unsigned, verify.Unsigned, nil},
	{"AddWatermarkAnnot.ofd", verify.Unsigned, verify.Unsigned, verify.Unsigned, nil},
	{"hello-integrity.ofd", verify.Unsigned, verify.Unsigned, verify.Unsigned, nil},
	{"V4RideRight.ofd", verify.Indeterminate, verify.Passed, verify.Failed,
		[]fault.Code{fault.SignerExpiredSince, fault.TimeClockOnly, fault.SignerStatusUnannounced, fault.DocDangling}},
	{"allprotected.ofd", verify.Indeterminate, verify.Passed, verify.Indeterminate,
		[]fault.Code{fault.SignerExpiredSince, fault.TimeClockOnly, fault.SignerStatusUnannounced}},
	{"SESV4SignDoc.ofd", verify.Failed, verify.Failed, verify.Failed,
		[]fault.Code{fault.SignerNotValidThen, fault.SealExpired, fault.DocDigestOK, fault.SigValueOK, fault.SealSignatureOK}},
	{"DigitalSign.ofd", verify.Indeterminate, verify.Indeterminate, verify.Indeterminate,
		[]fault.Code{fault.SignerAbsent, fault.DocDigestOK}},
}

func TestForeignDocumentsGetTheirVerdicts(t *testing.T) {
	dir := corpus.Path(t, "")
	root := new(trust.Set)
	if err := root.Load(filepath.Join(dir, "ofdrw-root.pem")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range foreign {
		name := filepath.Join(dir, tt.file)
		for _, c := range []struct {
			how    string
			set    *trust.Set
			policy string
			want   verify.Verdict
		}{
			{"without trust", new(trust.Set), verify.GBT38540, tt.without},
			{"with the maker's root", root, verify.GBT38540, tt.with},
			{"strictly", root, verify.Strict, tt.strict},
		} {
			if got := judge(t, name, c.set, c.policy, judgedAt); got.Verdict != c.want {
				t.Errorf("%s %s: %s, want %s", tt.file, c.how, got.Verdict, c.want)
			}
		}
		got := judge(t, name, root, verify.GBT38540, judgedAt)
		for _, code := range tt.codes {
			if !has(got, code) {
				t.Errorf("%s: the report does not name %s", tt.file, code)
			}
		}
	}
}

// SESV4SignDoc.ofd fails by time alone.
func TestOnlyTheTimeIsWrong(t *testing.T) {
	r := judge(t, corpus.Path(t, "SESV4SignDoc.ofd"), new(trust.Set), verify.GBT38540, judgedAt)
	for _, c := range r.Signatures[0].Checks {
		if c.Verdict == verify.Failed && c.Code != fault.SignerNotValidThen && c.Code != fault.SealExpired {
			t.Errorf("%s failed too: %s", c.Code, c.Message)
		}
	}
}

func has(r *verify.Report, code fault.Code) bool {
	for _, c := range r.Document {
		if c.Code == code {
			return true
		}
	}
	for _, s := range r.Signatures {
		for _, c := range s.Checks {
			if c.Code == code {
				return true
			}
		}
	}
	return false
}

func TestUnknownPolicyIsWrongUse(t *testing.T) {
	if _, err := verify.LookupPolicy("lenient"); !errors.Is(err, fault.UsageWrong) {
		t.Errorf("error = %v", err)
	}
}
