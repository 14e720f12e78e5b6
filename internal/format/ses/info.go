package ses

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// An Info is what the seal maker states and signs (SES_SealInfo).
type Info struct {
	// HeaderVersion is the version in the header: 1 (the standard's example
	// says 11), 4 or 5. When written, 0 stands for the generation's own number.
	HeaderVersion int
	Vid           string // vendor identifier, IA5String
	ID            string // identifier of the seal (esID), IA5String
	Type          int    // TypeUnit, TypePerson; later issuers use numbers of their own
	Name          string // name of the seal

	// CertListType tells which of Certs and Digests holds the signers that may
	// use the seal. Version 1 knows CertListCerts only.
	CertListType int
	Certs        [][]byte // DER certificates
	Digests      []CertDigest

	CreateDate, ValidStart, ValidEnd time.Time // UTC, whole seconds

	Picture Picture
	Ext     []Ext // nil: extDatas is absent
}

// A CertDigest stands for a certificate in the list of a seal (CertDigestObj).
type CertDigest struct {
	Type  string // free text, PrintableString; "SM3" in ours
	Value []byte // digest of the DER certificate
}

// A Picture is what a seal looks like on the page.
type Picture struct {
	Type              string // "PNG", "GIF", "ofd" …: compare without regard to case
	Data              []byte
	WidthMM, HeightMM int
}

// info reads SES_SealInfo. shape is V1 or V4 by how the property is written.
func (p *parser) info(v der.Value, place string) (i Info, shape int) {
	r := p.open(v, place)
	p.header(p.member(r, "header"), &i)
	i.ID = p.text(r, "esID", der.IA5String)
	shape = p.property(p.member(r, "property"), &i)
	i.Picture = p.picture(p.member(r, "picture"))
	if r.More() {
		ext := p.value(r, "extDatas", der.Sequence, extTag)
		i.Ext = p.extDatas(ext, der.Sequence, r.Place("extDatas"))
	}
	p.end(r)
	return i, shape
}

func (p *parser) header(r *der.Reader, i *Info) {
	if id := p.text(r, "ID", der.IA5String); p.err == nil && id != "ES" {
		r.Fail("ID", fmt.Errorf("%.20q where \"ES\" belongs", id))
	}
	i.HeaderVersion = p.integer(r, "version")
	i.Vid = p.text(r, "Vid", der.IA5String)
	p.end(r)
}

func (p *parser) property(r *der.Reader, i *Info) (shape int) {
	i.Type = p.integer(r, "type")
	i.Name = p.text(r, "name", der.UTF8String)
	shape, want := V1, der.UTCTime
	i.CertListType = CertListCerts
	if r.Peek() == der.Integer {
		shape, want = V4, der.GeneralizedTime
		i.CertListType = p.integer(r, "certListType")
	}
	p.certList(p.value(r, "certList", der.Sequence), r.Place("certList"), i)
	i.CreateDate = p.time(r, "createDate", want)
	i.ValidStart = p.time(r, "validStart", want)
	i.ValidEnd = p.time(r, "validEnd", want)
	p.end(r)
	if i.ValidEnd.Before(i.ValidStart) {
		p.note(r.Place("validEnd"), "lies before validStart")
	}
	return shape
}

// certList reads either kind of list. The kinds are told apart by what stands
// there, since the CHOICE is untagged; certListType should agree.
func (p *parser) certList(v der.Value, place string, i *Info) {
	found := CertListCerts
	if first(v).Tag == der.Sequence {
		found = CertListDigests
	}
	if len(v.Content) == 0 {
		p.note(place, "holds no certificate")
	} else if i.CertListType != found {
		p.note(place, "is of kind %d, certListType says %d", found, i.CertListType)
		i.CertListType = found
	}
	r := der.Open(v, der.Sequence, place)
	for k := 0; r.More() && p.err == nil; k++ {
		if k == maxCerts {
			p.fail(fmt.Errorf("%s: more than %d certificates", place, maxCerts))
			return
		}
		name := strconv.Itoa(k)
		if found == CertListCerts {
			i.Certs = append(i.Certs, p.octets(r, name))
			continue
		}
		d := p.member(r, name)
		i.Digests = append(i.Digests, CertDigest{p.text(d, "type", der.PrintableString), p.octets(d, "value")})
		p.end(d)
	}
	p.end(r)
}

func (p *parser) picture(r *der.Reader) (pic Picture) {
	pic.Type = p.text(r, "type", der.IA5String)
	pic.Data = p.octets(r, "data")
	if len(pic.Data) > maxPicture {
		r.Fail("data", fmt.Errorf("larger than %d octets", maxPicture))
	}
	if len(pic.Data) == 0 {
		p.note(r.Place("data"), "empty")
	}
	pic.WidthMM = p.millimetres(r, "width")
	pic.HeightMM = p.millimetres(r, "height")
	p.end(r)
	return pic
}

func (p *parser) millimetres(r *der.Reader, name string) int {
	mm := p.integer(r, name)
	switch {
	case mm < 0:
		r.Fail(name, errors.New("negative"))
	case mm == 0 || mm > maxMM:
		p.note(r.Place(name), "%d mm is not plausible", mm)
	}
	return mm
}

// extTag is the identifier of [0] around something.
var extTag = der.ContextConstructed(0)

// extDatas reads ExtensionDatas, which should have the tag want: in a seal a bare
// SEQUENCE, in TBS_Sign [0] around one. GM/T 0031-2014 prints EXPLICIT without a
// number, so both forms are met in both places.
func (p *parser) extDatas(v der.Value, want byte, place string) []Ext {
	if p.err != nil {
		return nil
	}
	if v.Tag != want {
		p.note(place, "tag %#02x in place of %#02x", v.Tag, want)
	}
	if v.Tag == extTag {
		inner, err := der.ParseOnly(v.Content)
		if err == nil && inner.Tag == der.Sequence && first(inner).Tag != der.OID {
			v = inner
			p.length(v, place)
		} else { // [0] stands in place of the SEQUENCE tag
			p.note(place, "tagged [0] IMPLICIT")
			v.Tag = der.Sequence
		}
	}
	exts := []Ext{}
	r := der.Open(v, der.Sequence, place)
	for k := 0; r.More() && p.err == nil; k++ {
		if k == maxExts {
			p.fail(fmt.Errorf("%s: more than %d extensions", place, maxExts))
			return nil
		}
		exts = append(exts, p.extData(p.member(r, strconv.Itoa(k))))
	}
	p.end(r)
	return exts
}

func (p *parser) extData(r *der.Reader) Ext {
	e := Ext{ID: p.oid(r, "extnID")}
	if v, ok := r.Optional("critical", der.Boolean); ok {
		c, err := v.Bool()
		r.Fail("critical", err)
		if err == nil && string(v.Raw) != "\x01\x01\xFF" {
			p.note(r.Place("critical"), "FALSE is written, or TRUE not as FF")
		}
		e.Critical = c
	}
	e.Value = p.octets(r, "extnValue")
	if e.Critical && e.ID != oid.SealKind {
		// Real seals mark extensions of their vendor so: the reader goes on.
		p.note(r.Place("critical"), "extension %s is critical and not known", e.ID)
	}
	p.end(r)
	return e
}
