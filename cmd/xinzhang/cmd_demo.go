package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xinzhang/internal/ca"
	"xinzhang/internal/durable"
	"xinzhang/internal/enrol"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/sealpic"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
	"xinzhang/internal/sealfont"
	"xinzhang/internal/seals"
	"xinzhang/internal/sign"
	"xinzhang/internal/token"
	"xinzhang/internal/verify"
)

// demoCmd runs the whole job once on made-up people: an authority, two UKeys,
// certificates, a signature and a seal on a document, its verification, and a
// changed copy that fails. Then it opens a business system in the browser, on the
// same UKeys, unless told to end.
type demoCmd struct {
	Once bool   `help:"${h_demo_once}"`
	Dir  string `help:"${h_demo_dir}" default:"build/demo" type:"path" placeholder:"DIR"`

	Listen string `help:"${h_demo_listen}" default:"127.0.0.1:18200" placeholder:"HOST:PORT"`
	NoOpen bool   `name:"no-open" help:"${h_demo_no_open}"`
}

// demoMark says that a folder was made by the demo and may be made anew.
const demoMark = ".xinzhang-demo"

// A demo is one run.
type demo struct {
	*app
	dir       string
	authority *authority
	secrets   []string // lines of the file that a reader needs to go on with
	person    *demoHolder
	org       *demoHolder
	document  []byte
}

// A demoHolder is one of the two made-up holders.
type demoHolder struct {
	name     string // of the UKey
	kind     ca.Kind
	subject  cert.Subject
	sealKind ses.SealKind
	sealID   string
	pin      []byte
	issued   *ca.Issued
	seal     *ses.Seal
}

func (c *demoCmd) Run(a *app) (err error) {
	if err := clearDemo(c.Dir); err != nil {
		return err
	}
	own := *a
	own.home = filepath.Join(c.Dir, "home")
	d := &demo{app: &own, dir: c.Dir, person: demoPersonHolder(), org: demoUnitHolder()}
	defer func() {
		if d.authority != nil {
			err = errors.Join(err, d.authority.Close())
		}
	}()
	steps := []struct {
		word string
		run  func() error
	}{
		{"demo_found", d.found},
		{"demo_person", func() error { return d.equip(d.person) }},
		{"demo_org", func() error { return d.equip(d.org) }},
		{"demo_document", d.write},
		{"demo_sign", func() error { return d.put(d.person, sign.Place{Keyword: demoSignHere, DX: 42}) }},
		{"demo_seal", func() error { return d.put(d.org, sign.Place{Keyword: demoSealHere, DX: -4, DY: 4}) }},
		{"demo_verify", d.verify},
		{"demo_tamper", d.tamper},
	}
	for i, s := range steps {
		_, _ = fmt.Fprintf(a.stderr, "[%d/%d] %s\n", i+1, len(steps), words[a.lang][s.word])
		if err := s.run(); err != nil {
			return err
		}
	}
	if err := d.explain(); err != nil || c.Once {
		return err
	}
	return c.serve(d)
}

func demoPersonHolder() *demoHolder {
	return &demoHolder{
		name: "person", kind: ca.Person, sealKind: ses.Handwritten, sealID: "99000000000002",
		subject: cert.Subject{Country: "CN", Province: "示例省", Locality: "示例市", Organisation: demoUnit,
			Department: demoDepartment, CommonName: demoPerson, IDNumber: "990000199001011239"},
	}
}

func demoUnitHolder() *demoHolder {
	return &demoHolder{
		name: "organisation", kind: ca.Organisation, sealKind: ses.OfficialSeal, sealID: "99000000000001",
		subject: cert.Subject{Country: "CN", Province: "示例省", Locality: "示例市", Organisation: demoUnit,
			CommonName: demoUnit, CreditCode: demoCreditCode},
	}
}

// clearDemo makes dir ready: absent or empty, or left by an earlier demo.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.FileUnreadable, err, "file", dir)
	}
	_, err = os.Stat(filepath.Join(dir, demoMark))
	if len(entries) > 0 && err != nil {
		return fault.New(fault.DemoFolderInUse, "folder", dir)
	}
	for _, name := range []string{"home", "trust", "crl", "certs", "document.ofd", "sealed.ofd", "tampered.ofd", "report.html", "report-tampered.html", "staff.json"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fault.Wrap(fault.FileUnwritable, err, "file", name)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", dir)
	}
	return writeFile(filepath.Join(dir, demoMark), nil, 0o644)
}

// found makes the authority.
func (d *demo) found() error {
	secret, err := randomSecret()
	if err != nil {
		return err
	}
	d.secrets = append(d.secrets, "passphrase "+string(secret))
	pass := hsm.NewPassphrase(secret)
	cfg, db, _, err := services(d.ctx, d.app, pass)
	if err != nil {
		return err
	}
	_, err = ca.Init(d.ctx, cfg, ca.Setup{Name: demoAuthority})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	d.authority, err = openAuthority(d.app, pass)
	return err
}

// equip gives a holder a UKey with certificates and a seal.
func (d *demo) equip(h *demoHolder) error {
	dir := home.Dir(d.home)
	first, err := randomPIN()
	if err != nil {
		return err
	}
	admin, err := randomSecret()
	if err != nil {
		return err
	}
	authKey, err := randomAuthKey()
	if err != nil {
		return err
	}
	key, err := createUKey(d.ctx, dir, h.name, h.subject.CommonName, authKey, token.NewPIN(admin), token.NewPIN(first))
	if err != nil {
		return err
	}
	defer func() { _ = key.Close() }()
	if h.pin, err = demoPIN(); err != nil {
		return err
	}
	// The first PIN must be changed before the first signature, here as in life.
	if err := key.ChangePIN(d.ctx, token.UserPIN, token.NewPIN(first), token.NewPIN(h.pin)); err != nil {
		return err
	}
	d.secrets = append(d.secrets, "pin "+h.name+" "+string(h.pin), "admin-pin "+h.name+" "+string(admin))
	if err := key.VerifyPIN(d.ctx, token.UserPIN, token.NewPIN(h.pin)); err != nil {
		return err
	}
	result, err := enrol.Run(d.ctx, d.authority, key, enrol.Plan{ID: "demo-" + h.name, Kind: h.kind, Subject: h.subject})
	if err != nil {
		return err
	}
	h.issued = result.Issued
	return d.makeSeal(h)
}

// demoPIN draws a PIN of eight digits that a person can type and no rule refuses.
func demoPIN() ([]byte, error) {
	for {
		pin, err := randomPIN()
		if err != nil || token.CheckPIN(token.NewPIN(pin), token.PIN{}) == nil {
			return pin, err
		}
	}
}

func (d *demo) makeSeal(h *demoHolder) error {
	picture, err := demoPicture(h)
	if err != nil {
		return err
	}
	maker, err := d.authority.sealMaker(d.app)
	if err != nil {
		return err
	}
	h.seal, err = maker.Make(d.ctx, seals.Spec{
		ID: h.sealID, Name: h.subject.CommonName, Kind: h.sealKind,
		Holders: []*cert.Certificate{h.issued.Signing}, Picture: picture,
	})
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(home.Dir(d.home).Seals(), h.sealID+".esl"), h.seal.Raw, 0o644)
}

// sealDPI is the resolution of seal pictures.
const sealDPI = 600

func demoPicture(h *demoHolder) (ses.Picture, error) {
	var pic sealpic.Picture
	name := h.subject.CommonName
	if h.sealKind == ses.Handwritten {
		font, err := sealfont.Hand(name)
		if err != nil {
			return ses.Picture{}, err
		}
		if pic, err = sealpic.DemoSignature(font, name, sealpic.Cleaning{WidthMM: 40, HeightMM: 16}); err != nil {
			return ses.Picture{}, err
		}
	} else {
		font, err := sealfont.Song(name)
		if err != nil {
			return ses.Picture{}, err
		}
		if pic, err = (sealpic.Round{Name: name}).Draw(font); err != nil {
			return ses.Picture{}, err
		}
	}
	return sealPicture(pic)
}

func (d *demo) write() (err error) {
	if d.document, err = demoDocument(d.now(), demoStories[0]); err != nil {
		return err
	}
	return writeFile(filepath.Join(d.dir, "document.ofd"), d.document, 0o644)
}

// put signs or seals the document with the holder's UKey.
func (d *demo) put(h *demoHolder, at sign.Place) error {
	key, err := d.openUKey(h.name)
	if err != nil {
		return err
	}
	defer func() { _ = key.Close() }()
	if err := key.VerifyPIN(d.ctx, token.UserPIN, token.NewPIN(h.pin)); err != nil {
		return err
	}
	signer, err := signingKey(d.ctx, key, h.seal, "")
	if err != nil {
		return err
	}
	set, err := loadTrust(d.home, nil, nil)
	if err != nil {
		return err
	}
	pkg, err := ofd.Open(bytes.NewReader(d.document), int64(len(d.document)), ofd.DefaultLimits())
	if err != nil {
		return err
	}
	prepared, err := sign.Prepare(d.ctx, pkg, sign.Request{
		Seal: h.seal, Certificate: h.issued.Signing, Places: []sign.Place{at}, Time: d.now(), Trust: set,
	})
	if err != nil {
		return err
	}
	value, err := signer.SignDigest(d.ctx, prepared.Digest)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := prepared.Complete(&out, value); err != nil {
		return err
	}
	d.document = out.Bytes()
	return nil
}

// verify publishes what a reader needs, and verifies the sealed document.
func (d *demo) verify() error {
	dir := home.Dir(d.home)
	for to, from := range map[string]string{"trust": dir.Trust(), "crl": dir.CRL()} {
		if err := os.CopyFS(filepath.Join(d.dir, to), os.DirFS(from)); err != nil {
			return fault.Wrap(fault.FileUnwritable, err, "file", to)
		}
	}
	if err := d.writeCertificates(); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(d.home, "secrets.txt"), []byte(strings.Join(d.secrets, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	return d.judge("sealed.ofd", "report.html", d.document, verify.Passed)
}

func (d *demo) writeCertificates() error {
	if err := os.MkdirAll(filepath.Join(d.dir, "certs"), 0o755); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", "certs")
	}
	certs := map[string]*cert.Certificate{
		"person-sign": d.person.issued.Signing, "person-enc": d.person.issued.Encryption,
		"organisation-sign": d.org.issued.Signing, "organisation-enc": d.org.issued.Encryption,
	}
	for _, own := range []string{ca.Root, ca.Sub, ca.SealMaker} {
		c, err := d.authority.OwnCertificate(d.ctx, own)
		if err != nil {
			return err
		}
		certs[own] = c
	}
	for name, c := range certs {
		b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
		if err := writeFile(filepath.Join(d.dir, "certs", name+".pem"), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// judge writes a document and its report, and holds the verdict against what it
// must be.
func (d *demo) judge(file, page string, document []byte, want verify.Verdict) error {
	name := filepath.Join(d.dir, file)
	if err := writeFile(name, document, 0o644); err != nil {
		return err
	}
	set, err := loadTrust(d.home, []string{filepath.Join(d.dir, "trust")}, []string{filepath.Join(d.dir, "crl")})
	if err != nil {
		return err
	}
	policy, err := verify.LookupPolicy(verify.GBT38540)
	if err != nil {
		return err
	}
	r, sheets, err := verifySheets(d.app, name, verify.Options{Policy: policy, Trust: set, At: d.now()}, true)
	if err != nil {
		return err
	}
	if r.Verdict != want {
		return fault.New(fault.DemoVerdict, "file", file, "verdict", r.Verdict, "wanted", want)
	}
	return writeHTML(filepath.Join(d.dir, page), r, sheets, d.lang)
}

// tamper changes one number on the last page, as a forger would.
func (d *demo) tamper() error {
	pkg, err := ofd.Open(bytes.NewReader(d.document), int64(len(d.document)), ofd.DefaultLimits())
	if err != nil {
		return err
	}
	documents, err := pkg.Documents()
	if err != nil {
		return err
	}
	page := documents[0].Pages[len(demoStories[0].pages)-1]
	content, err := pkg.Read(page.Path)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	changed := bytes.Replace(content, []byte("三个月"), []byte("六个月"), 1)
	if err := ofd.Append(&out, pkg, map[string][]byte{page.Path: changed}); err != nil {
		return err
	}
	return d.judge("tampered.ofd", "report-tampered.html", out.Bytes(), verify.Failed)
}

func (d *demo) explain() error {
	// The commands are to be copied as they stand, also where this program is not
	// on the PATH.
	_, err := fmt.Fprintf(d.stdout, words[d.lang]["demo_done"], d.dir, os.Args[0])
	return err
}

func writeFile(name string, data []byte, perm fs.FileMode) error {
	if err := durable.WriteFile(name, data, perm); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", name)
	}
	return nil
}
