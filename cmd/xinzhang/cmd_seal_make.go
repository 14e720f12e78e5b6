package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sealpic"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/home"
	"xinzhang/internal/inspect"
	"xinzhang/internal/sealfont"
	"xinzhang/internal/seals"
)

// sealMakeCmd makes a seal for holders of certificates. The picture is drawn, or
// taken from a file; a hand-written signature is always taken from one, because
// nobody's hand may be made up.
type sealMakeCmd struct {
	Kind    string   `help:"${h_seal_kind}" required:"" placeholder:"KIND"`
	Holder  []string `help:"${h_seal_holder}" required:"" sep:"none" placeholder:"SERIAL|FILE"`
	Name    string   `help:"${h_seal_name}" placeholder:"NAME"`
	ID      string   `name:"id" help:"${h_seal_id}" placeholder:"ID"`
	SubName string   `help:"${h_seal_sub_name}" placeholder:"TEXT"`
	Code    string   `help:"${h_seal_code}" placeholder:"DIGITS"`
	Text    string   `help:"${h_seal_text}" placeholder:"TEXT"`
	Picture string   `help:"${h_seal_picture}" type:"path" placeholder:"FILE"`
	Size    string   `help:"${h_seal_size}" placeholder:"WxH"`
	From    string   `help:"${h_seal_from}" placeholder:"TIME"`
	Until   string   `help:"${h_seal_until}" placeholder:"TIME"`
	Replace bool     `help:"${h_seal_replace}"`
	Out     string   `short:"o" help:"${h_seal_out}" type:"path" placeholder:"FILE"`
	Force   bool     `help:"${h_force}"`

	PassphraseFile string `help:"${h_passphrase_file}" type:"path" placeholder:"FILE"`
}

// sealKinds are the words for kinds of seals.
var sealKinds = map[ses.SealKind][]string{
	ses.OfficialSeal:       {"公章", "official"},
	ses.DepartmentSeal:     {"部门章", "department"},
	ses.BusinessSeal:       {"业务章", "business"},
	ses.RepresentativeSeal: {"法定代表人章", "representative"},
	ses.Handwritten:        {"手写签名", "handwritten", "signature"},
}

func parseSealKind(s string) (ses.SealKind, error) {
	for kind, names := range sealKinds {
		if slices.Contains(names, strings.ToLower(s)) {
			return kind, nil
		}
	}
	return "", wrongUse("u_choice", "--kind", "公章|official, 部门章|department, 业务章|business, 法定代表人章|representative, 手写签名|handwritten", s)
}

func (c *sealMakeCmd) Run(a *app) (err error) {
	spec, err := c.spec(a)
	if err != nil {
		return err
	}
	if spec.Holders, err = a.holders(c.Holder); err != nil {
		return err
	}
	if spec.Name == "" {
		spec.Name = spec.Holders[0].Holder()
	}
	if spec.Picture, err = c.picture(a, spec.Kind, spec.Name); err != nil {
		return err
	}
	if c.Out != "" && !c.Force {
		if err := mustBeNewFile(c.Out); err != nil {
			return err
		}
	}
	pass, err := a.passphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	defer pass.Clear()
	authority, err := openAuthority(a, pass)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, authority.Close()) }()
	maker, err := authority.sealMaker(a)
	if err != nil {
		return err
	}
	left, err := maker.Recover(a.ctx)
	if err != nil {
		return err
	}
	for _, f := range left {
		_, _ = fmt.Fprintf(a.stderr, "· %s\n", f.Code.Text(a.lang, f.Args).Title)
	}
	seal, err := maker.Make(a.ctx, spec)
	if err != nil {
		return err
	}
	return c.tell(a, seal)
}

// spec is what the flags say, without holders and picture.
func (c *sealMakeCmd) spec(a *app) (spec seals.Spec, err error) {
	spec = seals.Spec{ID: c.ID, Name: c.Name, Replace: c.Replace}
	if spec.Kind, err = parseSealKind(c.Kind); err != nil {
		return spec, err
	}
	for flag, to := range map[string]*time.Time{c.From: &spec.ValidFrom, c.Until: &spec.ValidUntil} {
		if flag == "" {
			continue
		}
		if *to, err = parseTime(flag); err != nil {
			return spec, err
		}
	}
	if c.Replace && c.ID == "" {
		return spec, wrongUse("u_needs", "--replace", "--id")
	}
	if spec.ID == "" {
		spec.ID = "XZ-" + a.now().In(beijing.Zone).Format("20060102") + "-" + randomWord()
	}
	return spec, nil
}

// holders reads the certificates of those who may use the seal: files, or serial
// numbers of the register.
func (a *app) holders(names []string) ([]*cert.Certificate, error) {
	var all []*cert.Certificate
	for _, name := range names {
		c, err := a.holder(name)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (a *app) holder(name string) (_ *cert.Certificate, err error) {
	if looksLikeFile(name) {
		return readCertificate(name)
	}
	reg, err := openRegister(a)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	e, err := reg.Show(a.ctx, name)
	if err != nil {
		return nil, err
	}
	if e.DER == nil {
		return nil, fault.New(fault.CertNotIssued, "serial", name)
	}
	return cert.Parse(e.DER)
}

// picture is the picture of the seal: from a file, or drawn.
func (c *sealMakeCmd) picture(a *app, kind ses.SealKind, name string) (ses.Picture, error) {
	w, h, err := c.size(kind)
	if err != nil {
		return ses.Picture{}, err
	}
	text := name
	if c.Text != "" {
		text = c.Text
	}
	switch {
	case c.Picture != "" && kind == ses.Handwritten:
		photo, err := readFile(c.Picture, sealpic.MaxPhotoBytes)
		if err != nil {
			return ses.Picture{}, err
		}
		pic, err := sealpic.Handwritten(photo, sealpic.Cleaning{WidthMM: float64(w), HeightMM: float64(h)})
		if err != nil {
			return ses.Picture{}, err
		}
		return sealPicture(pic)
	case c.Picture != "":
		return filePicture(c.Picture, w, h)
	case kind == ses.Handwritten && c.Text == "":
		return ses.Picture{}, wrongUse("seal_needs_picture")
	}
	pic, err := c.draw(a, kind, text, float64(w), float64(h))
	if err != nil {
		return ses.Picture{}, err
	}
	return sealPicture(pic)
}

// draw makes the usual picture of a kind.
func (c *sealMakeCmd) draw(a *app, kind ses.SealKind, text string, w, h float64) (sealpic.Picture, error) {
	if kind == ses.Handwritten {
		a.say("seal_made_up")
		font, err := sealfont.Hand(text)
		if err != nil {
			return sealpic.Picture{}, err
		}
		return sealpic.DemoSignature(font, text, sealpic.Cleaning{WidthMM: w, HeightMM: h})
	}
	font, err := sealfont.Song(text + c.SubName + "印")
	if err != nil {
		return sealpic.Picture{}, err
	}
	if kind == ses.RepresentativeSeal {
		return sealpic.Chop{Name: text, Suffix: "印", SideMM: w}.Draw(font)
	}
	return sealpic.Round{Name: text, SubName: c.SubName, Code: c.Code, DiameterMM: w}.Draw(font)
}

// sizes are the usual millimetres of each kind.
var sizes = map[ses.SealKind][2]int{
	ses.OfficialSeal: {42, 42}, ses.DepartmentSeal: {38, 38}, ses.BusinessSeal: {38, 38},
	ses.RepresentativeSeal: {20, 20}, ses.Handwritten: {40, 20},
}

func (c *sealMakeCmd) size(kind ses.SealKind) (w, h int, err error) {
	if c.Size == "" {
		return sizes[kind][0], sizes[kind][1], nil
	}
	left, right, ok := strings.Cut(strings.ToLower(c.Size), "x")
	w, errW := strconv.Atoi(left)
	h, errH := strconv.Atoi(right)
	if !ok || errW != nil || errH != nil || w < 1 || h < 1 || w > 100 || h > 100 {
		return 0, 0, wrongUse("u_write", "--size", c.Size, "42x42")
	}
	return w, h, nil
}

// filePicture takes a picture as it is.
func filePicture(name string, w, h int) (ses.Picture, error) {
	b, err := readFile(name, sealpic.MaxPhotoBytes)
	if err != nil {
		return ses.Picture{}, err
	}
	return ses.Picture{Type: inspect.PictureFormat(b), Data: b, WidthMM: w, HeightMM: h}, nil
}

func (c *sealMakeCmd) tell(a *app, seal *ses.Seal) error {
	file := sealFile(home.Dir(a.home), seal.Info.ID)
	for _, name := range []string{file, c.Out} {
		if name == "" {
			continue
		}
		if err := writeFile(name, seal.Raw, 0o644); err != nil {
			return err
		}
		file = name
	}
	if a.json {
		report, err := inspect.Bytes(seal.Raw, inspect.Options{At: a.now()})
		if err != nil {
			return err
		}
		return writeJSON(a.stdout, map[string]any{"file": file, "seal": report.Items[0].Seal})
	}
	i := seal.Info
	a.printf(a.word("seal_made")+"\n", i.Name)
	a.row("seal_id", i.ID)
	a.row("seal_kind", i.Kind().Words(a.lang))
	a.row("validity", moment(i.ValidStart)+" – "+moment(i.ValidEnd))
	a.row("picture", fmt.Sprintf("%s, %d × %d mm", i.Picture.Type, i.Picture.WidthMM, i.Picture.HeightMM))
	a.row("files", file)
	return nil
}
