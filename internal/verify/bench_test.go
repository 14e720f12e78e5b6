package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// large makes a sealed document of about megabytes MB: attachments of which half
// is text that deflates well and half is noise, 1 MB each.
func large(b *testing.B, megabytes int) ([]byte, *trust.Set) {
	b.Helper()
	issued := judgedAt.AddDate(0, -1, 0)
	a := fixture.New(b, issued)
	org := a.Organisation(nil)
	pkg := fixture.Open(b, fixture.Document(b, 2))
	files := map[string][]byte{}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range megabytes {
		data := bytes.Repeat([]byte("<ofd:TextCode X=\"0\" Y=\"3.5\">示例</ofd:TextCode>"), (1<<20)/54)
		if i%2 == 1 {
			for j := range data {
				data[j] = byte(rng.Uint32())
			}
		}
		files[fmt.Sprintf("/Doc_0/Attachs/%03d.bin", i)] = data
	}
	var grown bytes.Buffer
	if err := ofd.Append(&grown, pkg, files); err != nil {
		b.Fatal(err)
	}
	p, err := sign.Prepare(context.Background(), fixture.Open(b, grown.Bytes()), sign.Request{
		Seal: a.Seal(ses.OfficialSeal, nil, org), Certificate: org.Cert, Time: judgedAt, Trust: a.Trust(),
		Places: []sign.Place{{Page: 1, X: 100, Y: 100}}})
	if err != nil {
		b.Fatal(err)
	}
	value, err := org.SignDigest(context.Background(), p.Digest)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(&out, value); err != nil {
		b.Fatal(err)
	}
	return out.Bytes(), a.Trust()
}

// BenchmarkVerify measures the verification of a sealed document against its
// floor in the same run: inflating every entry and hashing it with SM3, with
// nothing of ours on top. One processor and two.
func BenchmarkVerify(b *testing.B) {
	policy, err := verify.LookupPolicy(verify.GBT38540)
	if err != nil {
		b.Fatal(err)
	}
	for _, megabytes := range []int{1, 10, 100} {
		doc, set := large(b, megabytes)
		size := unpacked(b, doc)
		for _, workers := range []int{1, 2} {
			if workers > runtime.NumCPU() {
				continue
			}
			b.Run(fmt.Sprintf("%dMB/floor/%d", megabytes, workers), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
				b.SetBytes(size)
				for b.Loop() {
					floor(b, doc)
				}
			})
			b.Run(fmt.Sprintf("%dMB/verify/%d", megabytes, workers), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
				b.SetBytes(size)
				for b.Loop() {
					pkg, err := ofd.Open(bytes.NewReader(doc), int64(len(doc)), ofd.DefaultLimits())
					if err != nil {
						b.Fatal(err)
					}
					r, err := verify.OFD(context.Background(), pkg, verify.Options{Policy: policy, Trust: set, At: judgedAt})
					if err != nil || r.Verdict != verify.Passed {
						b.Fatal(r.Verdict, err)
					}
				}
			})
		}
	}
}

func unpacked(b *testing.B, doc []byte) (size int64) {
	r, err := zip.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range r.File {
		size += int64(f.UncompressedSize64)
	}
	return size
}

// floor inflates and hashes every entry, one after the other: with two
// processors it is what one of them can do.
func floor(b *testing.B, doc []byte) {
	r, err := zip.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 64<<10)
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		h := sm3.New()
		if _, err := io.CopyBuffer(h, rc, buf); err != nil {
			b.Fatal(err)
		}
		_ = rc.Close()
	}
}
