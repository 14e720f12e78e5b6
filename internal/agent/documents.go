package agent

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
)

// A paper is a document that a page wants signed, read and ready.
type paper struct {
	shown  prompt.Shown
	format Format
	at     time.Time
	seal   *ses.Seal // of a to_sign
	signed []byte    // message, unless bare
	bare   []byte    // digest
}

const (
	maxData     = 32 << 20
	shownText   = 4000 // characters of data that are shown
	dataURIHead = "data:image/"
)

// read judges one document. index counts for people, from 1.
func read(d Document, format Format, index int, at time.Time) (*paper, error) {
	unfit := func(what string) error { return fault.New(fault.AgentDocumentUnfit, "index", index, "what", what) }
	given := 0
	for _, b := range [][]byte{d.ToSign, d.Data, d.Digest} {
		if b != nil {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, unfit("to_sign, data, digest")
	case len(d.Data) > maxData:
		return nil, fault.New(fault.InputTooLarge, "what", "data", "limit", "32 MiB")
	case d.Digest != nil && len(d.Digest) != sm3.Size:
		return nil, unfit("digest")
	case d.Data == nil && format != Raw:
		return nil, unfit("format")
	case !isPicture(d.Picture):
		return nil, unfit("picture")
	}
	p := &paper{format: format, at: at, signed: d.Data, bare: d.Digest, shown: prompt.Shown{
		Title: plainText(d.Title), Type: d.Type, Pages: d.Pages, Page: d.Page, Size: d.Size, Place: plainText(d.Place), Picture: d.Picture,
	}}
	switch {
	case d.ToSign != nil:
		if err := p.readTBS(d.ToSign); err != nil {
			return nil, unfit("to_sign: " + err.Error())
		}
	case d.Digest != nil:
		p.shown.OnlyHash = true
		p.shown.Digest = hex.EncodeToString(d.Digest)
		return p, nil
	case d.Type == "text":
		p.shown.Text = textShown(d.Data, format)
	}
	sum := sm3.Sum(p.signed)
	p.shown.Digest = hex.EncodeToString(sum[:])
	if p.shown.Size == 0 {
		p.shown.Size = int64(len(p.signed))
	}
	return p, nil
}

// readTBS takes from a TBS_Sign what the person must see: the page's words for
// it prove nothing.
func (p *paper) readTBS(der []byte) error {
	tbs, err := ses.ParseTBS(der)
	if err != nil {
		return err
	}
	p.signed, p.seal, p.shown.Signature = der, tbs.Seal, true
	info := tbs.Seal.Info
	p.shown.Seal = &prompt.SealFacts{
		Name: plainText(info.Name), ID: plainText(info.ID), Kind: plainText(string(info.Kind())), Time: tbs.Time,
		DataHash: hex.EncodeToString(tbs.DataHash), Property: plainText(tbs.PropertyInfo), NotAfter: info.ValidEnd,
		Picture: sealPicture(info.Picture),
	}
	return nil
}

func sealPicture(p ses.Picture) string {
	kind := strings.ToLower(p.Type)
	if kind != "png" && kind != "jpg" && kind != "jpeg" && kind != "svg" || len(p.Data) > 1<<20 {
		return ""
	}
	kind = map[string]string{"jpg": "jpeg", "svg": "svg+xml"}[kind]
	if kind == "" {
		kind = strings.ToLower(p.Type)
	}
	return dataURIHead + kind + ";base64," + base64.StdEncoding.EncodeToString(p.Data)
}

// isPicture lets through what an img element shows and nothing else.
func isPicture(uri string) bool {
	if uri == "" {
		return true
	}
	for _, kind := range []string{"png", "jpeg", "svg+xml"} {
		if data, ok := strings.CutPrefix(uri, dataURIHead+kind+";base64,"); ok {
			_, err := base64.StdEncoding.DecodeString(data)
			return err == nil
		}
	}
	return false
}

// plainText takes out what could make a text read otherwise than it is:
// control characters and marks that turn its direction.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
}

// textShown is the text that is to be signed. Pages of the SZCA control sign GBK,
// newer ones may give UTF-8 to the same format: bytes that can be read both ways are
// shown both ways, as whoever verifies them may take either.
func textShown(b []byte, format Format) string {
	if format != SZCA {
		return excerpt(b)
	}
	text, err := simplifiedchinese.GBK.NewDecoder().Bytes(b)
	switch {
	case err != nil || bytes.ContainsRune(text, utf8.RuneError):
		return excerpt(b)
	case !utf8.Valid(b) || bytes.Equal(text, b):
		return excerpt(text)
	}
	return "GBK: " + excerpt(text) + "\nUTF-8: " + excerpt(b)
}

// excerpt is the beginning of text data, or "" for what is no text.
func excerpt(b []byte) string {
	if !utf8.Valid(b) {
		return ""
	}
	lines := strings.Split(string(b), "\n")
	for i, l := range lines {
		lines[i] = plainText(l)
	}
	r := []rune(strings.Join(lines, "\n"))
	if len(r) > shownText {
		return string(r[:shownText]) + "…"
	}
	return string(r)
}

// template is the message around a document's data.
func (p *paper) template(signer *cert.Certificate) cms.Template {
	return cms.Template{Content: p.signed, Detached: p.format == CMSDetached, Signer: signer, SigningTime: p.at, Bare: p.format == SZCA}
}

// digest computes e for the key of signer.
func (p *paper) digest(signer *cert.Certificate) ([32]byte, error) {
	if p.bare != nil {
		return [32]byte(p.bare), nil
	}
	message := p.signed
	if p.format != Raw {
		var err error
		if message, err = p.template(signer).Message(); err != nil {
			return [32]byte{}, err
		}
	}
	if signer.PublicKey == nil {
		return [32]byte{}, fault.New(fault.SignNotSM2)
	}
	return sm2enc.Digest(signer.PublicKey, message), nil
}

// finish puts the signature value in the form asked for.
func (p *paper) finish(signer *cert.Certificate, value []byte) ([]byte, error) {
	if p.format == Raw {
		return value, nil
	}
	return p.template(signer).Assemble(value)
}

// notInSeal refuses a key whose certificate a seal does not list.
func notInSeal(papers []*paper) func(*keyring.Found) error {
	return func(f *keyring.Found) error {
		for _, p := range papers {
			if p.seal != nil && !p.seal.Allows(f.Signing.Raw) {
				return fault.New(fault.SignNotInSeal, "holder", f.Signing.Holder(), "seal", p.shown.Seal.Name)
			}
		}
		return nil
	}
}
