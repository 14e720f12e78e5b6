package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"xinzhang/internal/ca"
	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
	"xinzhang/internal/sign"
)

// demoCmd runs the whole job once on fictional people.
type demoCmd struct {
	Once bool   `help:"${h_demo_once}"`
	Dir  string `help:"${h_demo_dir}" default:"build/demo" type:"path" placeholder:"DIR"`
}

func (c *demoCmd) Run(a *app) error {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", c.Dir)
	}
	a.home = filepath.Join(c.Dir, "home")
	dir := home.Dir(a.home)
	pass := hsm.NewPassphrase([]byte("demo passphrase"))
	cfg, db, keys, err := services(a.ctx, a, pass)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := ca.Init(a.ctx, cfg, ca.Setup{Name: "示例电子认证中心"}); err != nil {
		return err
	}
	authority, _, err := ca.Open(a.ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = authority.Close() }()

	key, err := keys.Create(a.ctx, "demo-person")
	if err != nil {
		return err
	}
	person := cert.Subject{Country: "CN", Organisation: "示例监狱", Department: "一监区", CommonName: "测试用户甲", IDNumber: "990000199001010017"}
	csr, err := request(a.ctx, person, key)
	if err != nil {
		return err
	}
	issued, err := authority.Issue(a.ctx, ca.Request{ID: "demo-person", Kind: ca.Person, Subject: person, CSR: csr})
	if err != nil {
		return err
	}
	seal, err := demoSeal(a.ctx, authority, keys, issued.Signing, a.now())
	if err != nil {
		return err
	}
	sealed, err := demoSign(a, seal, issued.Signing, key)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(c.Dir, "sealed.ofd"), sealed, 0o644); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", "sealed.ofd")
	}
	if err := os.CopyFS(filepath.Join(c.Dir, "trust"), os.DirFS(dir.Trust())); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", "trust")
	}
	_, _ = fmt.Fprintln(a.stdout, c.Dir)
	return nil
}

func request(ctx context.Context, s cert.Subject, key hsm.Key) ([]byte, error) {
	info, err := cert.CSRInfo(s, key.Public())
	if err != nil {
		return nil, err
	}
	sig, err := key.SignDigest(ctx, sm2enc.Digest(key.Public(), info))
	if err != nil {
		return nil, err
	}
	return cert.AssembleCSR(info, sig)
}

func demoSeal(ctx context.Context, authority *ca.CA, keys *hsm.Folder, holder *cert.Certificate, now time.Time) (*ses.Seal, error) {
	maker, err := authority.OwnCertificate(ctx, ca.SealMaker)
	if err != nil {
		return nil, err
	}
	key, err := keys.Open(ctx, ca.SealMaker)
	if err != nil {
		return nil, err
	}
	info := ses.Info{HeaderVersion: 4, Vid: "xinzhang", ID: "99000000000001", Type: 2, Name: "测试用户甲", CertListType: 1,
		Certs: [][]byte{holder.Raw}, CreateDate: now, ValidStart: now.Add(-time.Minute), ValidEnd: now.AddDate(1, 0, 0),
		Picture: ses.Picture{Type: "PNG", Data: []byte("\x89PNG\r\n\x1a\n"), WidthMM: 30, HeightMM: 12}, Ext: []ses.Ext{ses.Handwritten.Ext()}}
	raw, err := info.Marshal(4)
	if err != nil {
		return nil, err
	}
	tbs, err := ses.TBSSeal(raw, maker.Raw)
	if err != nil {
		return nil, err
	}
	sig, err := key.SignDigest(ctx, sm2enc.Digest(key.Public(), tbs))
	if err != nil {
		return nil, err
	}
	der, err := ses.AssembleSeal(raw, maker.Raw, sig)
	if err != nil {
		return nil, err
	}
	return ses.ParseSeal(der)
}

func demoSign(a *app, seal *ses.Seal, holder *cert.Certificate, key hsm.Key) ([]byte, error) {
	b := ofd.NewBuilder([16]byte{1}, "示例案件材料", a.now())
	b.Page(210, 297).Text("宋体", 5, 30, 40, "示例案件材料")
	var doc, out bytes.Buffer
	if err := b.Write(&doc); err != nil {
		return nil, err
	}
	pkg, err := ofd.Open(bytes.NewReader(doc.Bytes()), int64(doc.Len()), ofd.DefaultLimits())
	if err != nil {
		return nil, err
	}
	set, err := loadTrust(a.home, nil, nil)
	if err != nil {
		return nil, err
	}
	p, err := sign.Prepare(a.ctx, pkg, sign.Request{Seal: seal, Certificate: holder, Time: a.now(), Trust: set, Places: []sign.Place{{Page: 1, X: 100, Y: 100}}})
	if err != nil {
		return nil, err
	}
	value, err := key.SignDigest(a.ctx, p.Digest)
	if err != nil {
		return nil, err
	}
	err = p.Complete(&out, value)
	return out.Bytes(), err
}
