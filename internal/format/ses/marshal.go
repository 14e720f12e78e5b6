package ses

import (
	"fmt"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// Marshal writes i as SES_SealInfo of the given version (V1, V4 or V5) in DER:
// what [AssembleSeal] takes and, through [TBSSeal], what the seal maker signs.
// What the standard or a reader would not take is refused with
// [fault.SealInfoWrong], which names the field.
func (i Info) Marshal(version int) ([]byte, error) {
	if err := i.check(version); err != nil {
		return nil, coded(fault.SealInfoWrong, fmt.Errorf("sealInfo.%w", err))
	}
	if i.HeaderVersion == 0 {
		i.HeaderVersion = version
	}
	members := [][]byte{
		sequenceOf(text(der.IA5String, "ES"), integer(i.HeaderVersion), text(der.IA5String, i.Vid)),
		text(der.IA5String, i.ID),
		i.property(version),
		sequenceOf(text(der.IA5String, i.Picture.Type), octetString(i.Picture.Data),
			integer(i.Picture.WidthMM), integer(i.Picture.HeightMM)),
	}
	if i.Ext != nil {
		members = append(members, extDatas(i.Ext))
	}
	return sequenceOf(members...), nil
}

func (i Info) property(version int) []byte {
	var list [][]byte
	for _, c := range i.Certs {
		list = append(list, octetString(c))
	}
	for _, d := range i.Digests {
		list = append(list, sequenceOf(text(der.PrintableString, d.Type), octetString(d.Value)))
	}
	date, listType := utcTime, []byte(nil)
	if version != V1 {
		date, listType = generalizedTime, integer(i.CertListType)
	}
	return sequenceOf(integer(i.Type), text(der.UTF8String, i.Name), listType, sequenceOf(list...),
		date(i.CreateDate), date(i.ValidStart), date(i.ValidEnd))
}

// check refuses an Info that cannot be written. The reader takes everything
// refused here as a deviation at most.
func (i Info) check(version int) error {
	if version != V1 && version != V4 && version != V5 {
		return fmt.Errorf("header.version: %d is no version", version)
	}
	if h := i.HeaderVersion; h != 0 && h != version && (version != V1 || h != 11) {
		return fmt.Errorf("header.version: %d in a seal of version %d", h, version)
	}
	for _, f := range []struct {
		place, text string
		tag         byte
	}{
		{"header.Vid", i.Vid, der.IA5String},
		{"esID", i.ID, der.IA5String},
		{"property.name", i.Name, der.UTF8String},
		{"picture.type", i.Picture.Type, der.IA5String},
	} {
		if f.text == "" || !fits(f.text, f.tag) {
			return fmt.Errorf("%s: %q is empty or cannot be written", f.place, f.text)
		}
	}
	for _, err := range []error{i.checkCerts(version), i.checkDates(version), i.Picture.check(), checkExts(i.Ext)} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (i Info) checkCerts(version int) error {
	certs, digests := len(i.Certs), len(i.Digests)
	switch {
	case certs+digests > maxCerts:
		return fmt.Errorf("property.certList: more than %d members", maxCerts)
	case i.CertListType == CertListCerts && certs > 0 && digests == 0:
	case i.CertListType == CertListDigests && certs == 0 && digests > 0 && version != V1:
	default:
		return fmt.Errorf("property.certList: %d certificates and %d digests in a list of kind %d",
			certs, digests, i.CertListType)
	}
	for _, d := range i.Digests {
		if d.Type == "" || !fits(d.Type, der.PrintableString) {
			return fmt.Errorf("property.certList.type: %q is empty or cannot be written", d.Type)
		}
	}
	return nil
}

func (i Info) checkDates(version int) error {
	for _, d := range []struct {
		name string
		at   time.Time
	}{{"createDate", i.CreateDate}, {"validStart", i.ValidStart}, {"validEnd", i.ValidEnd}} {
		if year := d.at.UTC().Year(); !plausible(d.at) || version == V1 && year >= 2050 {
			return fmt.Errorf("property.%s: year %d cannot be written", d.name, year)
		}
	}
	if i.ValidEnd.Before(i.ValidStart) {
		return fmt.Errorf("property.validEnd: lies before validStart")
	}
	return nil
}

func (p Picture) check() error {
	if len(p.Data) == 0 || len(p.Data) > maxPicture {
		return fmt.Errorf("picture.data: %d octets, want 1 to %d", len(p.Data), maxPicture)
	}
	if min(p.WidthMM, p.HeightMM) < 1 || max(p.WidthMM, p.HeightMM) > maxMM {
		return fmt.Errorf("picture: %d × %d mm, want 1 to %d each", p.WidthMM, p.HeightMM, maxMM)
	}
	return nil
}

func checkExts(exts []Ext) error {
	if len(exts) > maxExts {
		return fmt.Errorf("extDatas: more than %d extensions", maxExts)
	}
	for k, e := range exts {
		if !oid.Valid(string(e.ID)) || len(e.ID.Content()) > 127 {
			return fmt.Errorf("extDatas.%d.extnID: %q is no object identifier", k, e.ID)
		}
	}
	return nil
}
