//go:build unix

package speed

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

const space = ` xmlns:ofd="http://www.ofdspec.org/2016"`

// writeDocument writes an OFD document of so many megabytes, unpacked: pages of
// text that deflate well and pictures that do not, 128 KiB each, half and half.
func writeDocument(tb testing.TB, file string, megabytes int) {
	tb.Helper()
	f, err := os.Create(file)
	must(tb, err)
	out := bufio.NewWriter(f)
	z := zip.NewWriter(out)
	put := func(name string, data []byte) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(data)
		}
		must(tb, err)
	}
	noise := rand.NewChaCha8([32]byte{1})
	rng := rand.New(noise)
	picture := make([]byte, 128<<10)
	var pages, pictures strings.Builder
	for i := range megabytes * 4 {
		fmt.Fprintf(&pages, `<ofd:Page ID="%d" BaseLoc="Pages/%d.xml"/>`, i+1, i)
		fmt.Fprintf(&pictures, `<ofd:MultiMedia ID="%d" Type="Image"><ofd:MediaFile>%d.jpg</ofd:MediaFile></ofd:MultiMedia>`, i+100_000, i)
		put(fmt.Sprintf("Doc_0/Pages/%d.xml", i), page(rng))
		_, _ = noise.Read(picture)
		put(fmt.Sprintf("Doc_0/Res/%d.jpg", i), picture)
	}
	put("Doc_0/Res.xml", []byte(`<ofd:Res`+space+` BaseLoc="Res"><ofd:MultiMedias>`+pictures.String()+`</ofd:MultiMedias></ofd:Res>`))
	put("Doc_0/Document.xml", []byte(`<ofd:Document`+space+`><ofd:CommonData><ofd:MaxUnitID>200000</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>`+
		`<ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages>`+pages.String()+`</ofd:Pages></ofd:Document>`))
	put("OFD.xml", []byte(`<ofd:OFD`+space+` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>00000000000000000000000000000001</ofd:DocID></ofd:DocInfo>`+
		`<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`))
	must(tb, z.Close())
	must(tb, out.Flush())
	must(tb, f.Close())
}

// page is 128 KiB of text objects.
func page(rng *rand.Rand) []byte {
	var b bytes.Buffer
	b.WriteString(`<ofd:Page` + space + `><ofd:Content><ofd:Layer ID="2">`)
	for b.Len() < 128<<10 {
		fmt.Fprintf(&b, `<ofd:TextObject ID="%d" Boundary="%d.5 %d 100 8" Font="3" Size="3.5"><ofd:TextCode X="%d" Y="%d" DeltaX="g %d 3.5">电子印章案件材料</ofd:TextCode></ofd:TextObject>`,
			rng.IntN(9999), rng.IntN(190), rng.IntN(280), rng.IntN(300), rng.IntN(300), rng.IntN(40))
	}
	b.WriteString(`</ofd:Layer></ofd:Content></ofd:Page>`)
	return b.Bytes()
}

// A desk is a document with all that sealing and verifying it needs.
type desk struct {
	tb       testing.TB
	unsigned string
	sealed   string
	unpacked float64 // bytes
	request  sign.Request
	org      *fixture.Holder
	trust    *trust.Set
	at       time.Time
	policy   verify.Policy
}

func newDesk(tb testing.TB, megabytes int) *desk {
	tb.Helper()
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	a := fixture.New(tb, at.AddDate(0, -1, 0))
	org := a.Organisation(nil)
	dir := tb.TempDir()
	d := &desk{tb: tb, org: org, at: at, trust: a.Trust(), unsigned: filepath.Join(dir, "a.ofd"), sealed: filepath.Join(dir, "b.ofd"),
		request: sign.Request{Seal: a.Seal(ses.OfficialSeal, nil, org), Certificate: org.Cert, Time: at, Trust: a.Trust(),
			Places: []sign.Place{{Page: 1, X: 100, Y: 100}}}}
	var err error
	d.policy, err = verify.LookupPolicy(verify.GBT38540)
	must(tb, err)
	writeDocument(tb, d.unsigned, megabytes)
	d.seal()
	z, err := zip.OpenReader(d.sealed)
	must(tb, err)
	for _, f := range z.File {
		d.unpacked += float64(f.UncompressedSize64)
	}
	must(tb, z.Close())
	return d
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (d *desk) open(name string) (*ofd.Package, *os.File) {
	f, err := os.Open(name)
	must(d.tb, err)
	info, err := f.Stat()
	must(d.tb, err)
	pkg, err := ofd.Open(f, info.Size(), ofd.DefaultLimits())
	must(d.tb, err)
	return pkg, f
}

// seal puts the seal on the document and writes the result.
func (d *desk) seal() {
	pkg, in := d.open(d.unsigned)
	p, err := sign.Prepare(context.Background(), pkg, d.request)
	must(d.tb, err)
	value, err := d.org.SignDigest(context.Background(), p.Digest)
	must(d.tb, err)
	out, err := os.Create(d.sealed)
	must(d.tb, err)
	must(d.tb, p.Complete(out, value))
	must(d.tb, out.Close())
	must(d.tb, in.Close())
}

func (d *desk) verify() {
	pkg, f := d.open(d.sealed)
	r, err := verify.OFD(context.Background(), pkg, verify.Options{Policy: d.policy, Trust: d.trust, At: d.at})
	must(d.tb, err)
	if r.Verdict != verify.Passed && r.Verdict != verify.Indeterminate {
		d.tb.Fatal(r.Verdict)
	}
	must(d.tb, f.Close())
}

// inflate is the floor: every entry of the zip inflated and hashed, by as many
// workers as there are processors to use.
func (d *desk) inflate(name string) {
	z, err := zip.OpenReader(name)
	must(d.tb, err)
	queue := make(chan *zip.File)
	done := make(chan error)
	workers := runtime.GOMAXPROCS(0)
	for range workers {
		go func() {
			buf := make([]byte, 64<<10)
			var err error
			for f := range queue {
				var r io.ReadCloser
				if r, err = f.Open(); err == nil {
					_, err = io.CopyBuffer(sm3.New(), r, buf)
					_ = r.Close()
				}
			}
			done <- err
		}()
	}
	for _, f := range z.File {
		queue <- f
	}
	close(queue)
	for range workers {
		must(d.tb, <-done)
	}
	must(d.tb, z.Close())
}

// copy is the floor of writing the sealed document.
func (d *desk) copy() {
	in, err := os.Open(d.unsigned)
	must(d.tb, err)
	out, err := os.Create(d.sealed + ".copy")
	must(d.tb, err)
	_, err = io.Copy(struct{ io.Writer }{out}, in) // no help of the kernel: both are to copy through memory
	must(d.tb, err)
	must(d.tb, out.Close())
	must(d.tb, in.Close())
}

func BenchmarkVerify(b *testing.B) {
	for _, megabytes := range []int{10, 100} {
		d := newDesk(b, megabytes)
		b.Run(fmt.Sprintf("%dMB", megabytes), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			compare(b, d.unpacked/1e6, "MB", func() { d.inflate(d.sealed) }, d.verify)
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	for _, megabytes := range []int{10, 100} {
		d := newDesk(b, megabytes)
		b.Run(fmt.Sprintf("%dMB", megabytes), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			compare(b, d.unpacked/1e6, "MB", func() { d.inflate(d.unsigned); d.copy() }, d.seal)
		})
	}
}

// BenchmarkTwoWorkers asks how much faster two processors verify than one. Wall
// time is what counts here, so the best round of each is taken: it is the one
// that the rest of the machine left alone. "floor-speedup" is what the floor
// gains in the same rounds, which no program can beat.
func BenchmarkTwoWorkers(b *testing.B) {
	if runtime.NumCPU() < 2 {
		b.Skip("one processor")
	}
	d := newDesk(b, 100)
	best := map[string]time.Duration{}
	for range max(b.N, 7) {
		for _, workers := range []int{1, 2} {
			before := runtime.GOMAXPROCS(workers)
			for name, work := range map[string]func(){"floor": func() { d.inflate(d.sealed) }, "verify": d.verify} {
				key := fmt.Sprint(name, workers)
				if _, wall := took(work); best[key] == 0 || wall < best[key] {
					best[key] = wall
				}
			}
			runtime.GOMAXPROCS(before)
		}
	}
	b.ReportMetric(best["verify1"].Seconds()/best["verify2"].Seconds(), "speedup")
	b.ReportMetric(best["floor1"].Seconds()/best["floor2"].Seconds(), "floor-speedup")
	b.ReportMetric(d.unpacked/1e6/best["verify2"].Seconds(), "MB/s")
	b.ReportMetric(0, "ns/op")
}
