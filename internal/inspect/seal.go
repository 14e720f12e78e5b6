package inspect

import (
	"bytes"
	"crypto/ecdsa"
	"image"
	_ "image/gif" // pictures of seals
	_ "image/jpeg"
	_ "image/png"
	"strings"
	"time"

	_ "golang.org/x/image/bmp"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
)

// A Seal explains an electronic seal.
type Seal struct {
	Version    int       `json:"version"` // 1, 4 or 5
	ID         string    `json:"id"`
	Vendor     string    `json:"vendor"`
	Name       string    `json:"name"`
	Type       int       `json:"type"`           // 1 unit, 2 person; others by the issuer
	Kind       string    `json:"kind,omitempty"` // 公章 …, of seals that say it
	Holders    []Brief   `json:"holders"`        // who may use it
	Digests    []Hex     `json:"digests,omitempty"`
	CreateDate time.Time `json:"create_date"`
	ValidStart time.Time `json:"valid_start"`
	ValidEnd   time.Time `json:"valid_end"`
	Period     Period    `json:"period"`
	Picture    Picture   `json:"picture"`
	Maker      *Brief    `json:"maker,omitempty"`
	Algorithm  oid.ID    `json:"signature_algorithm"`
	Signature  Check     `json:"signature"` // of the seal maker
	TimeStamp  bool      `json:"time_stamp"`
	Extensions []oid.ID  `json:"extensions,omitempty"`
	Deviations []string  `json:"deviations,omitempty"`
}

// A Picture describes the picture of a seal.
type Picture struct {
	Type     string `json:"type"`             // as the seal says
	Format   string `json:"format,omitempty"` // as the bytes say
	WidthMM  int    `json:"width_mm"`
	HeightMM int    `json:"height_mm"`
	Width    int    `json:"width_pixels,omitempty"`
	Height   int    `json:"height_pixels,omitempty"`
	Octets   int    `json:"octets"`
	Data     []byte `json:"-"`
}

func (in inspector) seal(b []byte) (Item, error) {
	s, err := ses.ParseSeal(b)
	if err != nil {
		return Item{}, err
	}
	out, findings := in.explainSeal(s)
	return Item{Seal: out, Findings: findings}, nil
}

func (in inspector) explainSeal(s *ses.Seal) (*Seal, []Finding) {
	i := s.Info
	out := &Seal{
		Version: s.Version, ID: i.ID, Vendor: i.Vid, Name: i.Name, Type: i.Type, Kind: string(i.Kind()), Holders: []Brief{},
		CreateDate: i.CreateDate, ValidStart: i.ValidStart, ValidEnd: i.ValidEnd, Picture: pictureOf(i.Picture),
		Algorithm: s.SignAlg, Signature: Unchecked, TimeStamp: s.TimeStamp != nil, Deviations: s.Deviations,
	}
	out.Period, _ = in.period(i.ValidStart, i.ValidEnd)
	for _, raw := range i.Certs[:min(len(i.Certs), maxListed)] {
		brief, _ := in.briefOf(raw)
		out.Holders = append(out.Holders, brief)
	}
	for _, d := range i.Digests[:min(len(i.Digests), maxListed)] {
		out.Digests = append(out.Digests, d.Value)
	}
	for _, e := range i.Ext {
		out.Extensions = append(out.Extensions, e.ID)
	}
	if s.MakerCert == nil {
		return out, []Finding{finding(fault.SealSignature)}
	}
	brief, maker := in.briefOf(s.MakerCert)
	out.Maker = &brief
	if maker == nil {
		return out, []Finding{finding(fault.MakerCertBroken, "place", brief.Unread)}
	}
	found := in.makerFindings(s, maker)
	out.Signature = check(found[0].Code != fault.SealSignature)
	return out, found
}

// makerFindings says whether the maker's signature is right, first, and whether
// the maker's certificate was in force when the seal was made.
func (in inspector) makerFindings(s *ses.Seal, maker *cert.Certificate) []Finding {
	var found []Finding
	switch {
	case verifies(maker.PublicKey, s.SignedBytes(), s.Value):
		found = append(found, finding(fault.SealSignatureOK, "maker", in.mask(maker.Holder())))
	case verifies(maker.PublicKey, s.AlternativeSignedBytes(), s.Value):
		found = append(found, finding(fault.SealScope))
	default:
		found = append(found, finding(fault.SealSignature))
	}
	made := s.Info.CreateDate
	switch {
	case !maker.ValidAt(made):
		code := fault.MakerNotValidAtCreation
		if s.Version == ses.V5 {
			code = fault.MakerNotValidAtV5
		}
		found = append(found, finding(code, "made", beijing.Day(made), "start", beijing.Day(maker.NotBefore), "end", beijing.Day(maker.NotAfter)))
	case in.opt.At.After(maker.NotAfter):
		found = append(found, finding(fault.MakerExpiredSince, "end", beijing.Day(maker.NotAfter)))
	}
	return found
}

func verifies(pub *ecdsa.PublicKey, message, value []byte) bool {
	return pub != nil && message != nil && sm2enc.Verify(pub, message, value)
}

func pictureOf(p ses.Picture) Picture {
	out := Picture{Type: p.Type, WidthMM: p.WidthMM, HeightMM: p.HeightMM, Octets: len(p.Data), Data: p.Data}
	if c, _, err := image.DecodeConfig(bytes.NewReader(p.Data)); err == nil {
		out.Width, out.Height = c.Width, c.Height
	}
	out.Format = PictureFormat(p.Data)
	return out
}

// PictureFormat says by content what a picture is: png, jpeg, gif, bmp, svg, ofd;
// "" for anything else.
func PictureFormat(b []byte) string {
	if _, format, err := image.DecodeConfig(bytes.NewReader(b)); err == nil {
		return format
	}
	switch head := b[:min(len(b), 512)]; {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "ofd"
	case bytes.Contains(head, []byte("<svg")):
		return "svg"
	}
	return ""
}

// Ending is the usual ending of file names for the picture: "png".
func (p Picture) Ending() string {
	if p.Format != "" {
		return p.Format
	}
	return strings.ToLower(p.Type)
}

// A SealSignature explains the value of a seal signature (SignedValue.dat).
type SealSignature struct {
	Version      int       `json:"version"`
	Time         time.Time `json:"time"`                // by the signer's own clock
	TimeText     string    `json:"time_text,omitempty"` // as written
	TimeStamp    bool      `json:"time_stamp"`
	PropertyInfo string    `json:"property_info"` // what was sealed: the path of Signature.xml
	DataHash     Hex       `json:"data_hash"`
	Signer       Brief     `json:"signer"`
	Algorithm    oid.ID    `json:"signature_algorithm"`
	Signature    Check     `json:"signature"` // of the signer over what this value says
	Listed       bool      `json:"listed"`    // the signer may use the seal
	Seal         *Seal     `json:"seal"`
	Deviations   []string  `json:"deviations,omitempty"`
}

func (in inspector) sealSignature(b []byte) (Item, error) {
	s, err := ses.ParseSignature(b)
	if err != nil {
		return Item{}, fault.Wrap(fault.SigValueBroken, err, "place", err.Error())
	}
	out := &SealSignature{
		Version: s.Version, Time: s.Time, TimeText: s.TimeText, TimeStamp: s.TimeStamp != nil || s.TimeToken != nil,
		PropertyInfo: s.PropertyInfo, DataHash: s.DataHash, Algorithm: s.SignAlg, Signature: Unchecked,
		Listed: s.Seal.Allows(s.SignerCert), Deviations: s.Deviations,
	}
	var signer *cert.Certificate
	var findings []Finding
	if out.Signer, signer = in.briefOf(s.SignerCert); signer == nil {
		findings = append(findings, finding(fault.SignerCertBroken, "place", out.Signer.Unread))
	} else {
		out.Signature = check(verifies(signer.PublicKey, s.SignedBytes(), s.Value))
		code := fault.SigValueOK
		if out.Signature != Right {
			code = fault.SigValue
		}
		findings = append(findings, finding(code))
	}
	if !out.Listed {
		findings = append(findings, finding(fault.SealNotListed))
	}
	var more []Finding
	out.Seal, more = in.explainSeal(s.Seal)
	return Item{SealSignature: out, Findings: append(findings, more...)}, nil
}

// Pictures returns the pictures of the seals in r, in order.
func (r *Report) Pictures() []Picture {
	var all []Picture
	for _, item := range r.Items {
		switch {
		case item.Seal != nil:
			all = append(all, item.Seal.Picture)
		case item.SealSignature != nil:
			all = append(all, item.SealSignature.Seal.Picture)
		case item.Document != nil:
			for _, s := range item.Document.Signatures {
				if s.Seal != nil {
					all = append(all, s.Seal.Picture)
				}
			}
		}
	}
	return all
}
