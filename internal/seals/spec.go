package seals

import (
	"bytes"
	"context"
	"image"
	_ "image/gif"  // pictures of seals
	_ "image/jpeg" // may have
	_ "image/png"  // any of these forms
	"regexp"
	"strings"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ses"
)

// checkMaker makes sure that the maker may make seals now: GM/T 0031 asks for it
// before each seal.
func (m *Maker) checkMaker(ctx context.Context, now time.Time) error {
	own := m.cfg.Certificate
	unfit := func(err error, why fault.Code) error { return fault.Wrap(fault.SealMakerUnfit, err, "why", why) }
	switch {
	case own.PublicKey == nil || !own.PublicKey.Equal(m.cfg.Key.Public()):
		return unfit(nil, fault.CertKeyUnfit)
	case own.Role() != cert.RoleSystem:
		return unfit(nil, fault.CertRoleUnfit)
	case !own.MaySign():
		return unfit(nil, fault.CertUsageUnfit)
	}
	if err := m.cfg.Register.Check(ctx, own, now); err != nil {
		return unfit(err, fault.Of(err).Code)
	}
	return nil
}

// checkSpec checks everything in s and fills in what it leaves open.
func (m *Maker) checkSpec(ctx context.Context, s *Spec, now time.Time) error {
	wrong := func(field string) error { return fault.New(fault.SealSpecWrong, "field", field) }
	switch {
	case !idForm.MatchString(s.ID):
		return wrong("ID")
	case s.Name == "" || s.Name != strings.TrimSpace(s.Name):
		return wrong("name")
	case typeOf(s.Kind) == 0:
		return wrong("kind " + string(s.Kind))
	case len(s.Holders) == 0 || s.Kind == ses.Handwritten && len(s.Holders) > 1:
		return wrong("holders")
	}
	for _, h := range s.Holders {
		if err := m.checkHolder(ctx, s.Kind, h, now); err != nil {
			return err
		}
	}
	if err := checkPicture(s.Picture); err != nil {
		return err
	}
	if s.ValidFrom.IsZero() {
		s.ValidFrom = now
	}
	if s.ValidUntil.IsZero() {
		s.ValidUntil = s.Holders[0].NotAfter
		for _, h := range s.Holders {
			if h.NotAfter.Before(s.ValidUntil) {
				s.ValidUntil = h.NotAfter
			}
		}
	}
	if !s.ValidUntil.After(s.ValidFrom) {
		return wrong("validity")
	}
	return nil
}

var idForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,63}$`)

// typeOf is the number that stands for the kind in the seal; 0: no kind of ours.
func typeOf(k ses.SealKind) int {
	switch k {
	case ses.Handwritten:
		return ses.TypePerson
	case ses.OfficialSeal, ses.DepartmentSeal, ses.BusinessSeal, ses.RepresentativeSeal:
		return ses.TypeUnit
	}
	return 0
}

func (m *Maker) checkHolder(ctx context.Context, k ses.SealKind, h *cert.Certificate, now time.Time) error {
	unfit := func(err error, why fault.Code) error {
		return fault.Wrap(fault.SealHolderUnfit, err, "holder", h.Holder(), "why", why)
	}
	want := cert.RoleOrganisation
	if k == ses.Handwritten {
		want = cert.RolePerson
	}
	switch {
	case h.PublicKey == nil:
		return unfit(nil, fault.CertKeyUnfit)
	case !h.MaySign():
		return unfit(nil, fault.CertUsageUnfit)
	case h.Role() != want:
		return unfit(nil, fault.CertRoleUnfit)
	}
	if err := m.cfg.Register.Check(ctx, h, now); err != nil {
		return unfit(err, fault.Of(err).Code)
	}
	return nil
}

// checkPicture makes sure that the picture is what its type says, as far as that
// can be seen without drawing it.
func checkPicture(p ses.Picture) error {
	wrong := func(what string) error { return fault.New(fault.SealPictureWrong, "what", what) }
	if p.WidthMM < 1 || p.HeightMM < 1 || p.WidthMM > 100 || p.HeightMM > 100 {
		return wrong("size")
	}
	kind := strings.ToLower(p.Type)
	switch kind {
	case "png", "gif", "jpg", "jpeg":
		_, found, err := image.DecodeConfig(bytes.NewReader(p.Data))
		if err != nil || found != strings.Replace(kind, "jpg", "jpeg", 1) {
			return wrong("data")
		}
	case "svg", "ofd", "bmp":
		if len(p.Data) == 0 {
			return wrong("data")
		}
	default:
		return wrong("type")
	}
	return nil
}

// info is the content of the seal, a SES_SealInfo of version 4.
func (s Spec) info(now time.Time) ([]byte, error) {
	i := ses.Info{
		Vid: ses.Vendor, ID: s.ID, Type: typeOf(s.Kind), Name: s.Name, CertListType: ses.CertListCerts,
		CreateDate: now, ValidStart: s.ValidFrom.UTC().Truncate(time.Second), ValidEnd: s.ValidUntil.UTC().Truncate(time.Second),
		Picture: s.Picture, Ext: []ses.Ext{s.Kind.Ext()},
	}
	for _, h := range s.Holders {
		i.Certs = append(i.Certs, h.Raw)
	}
	return i.Marshal(ses.V4)
}

func (s Spec) record(info []byte, maker *cert.Certificate, now time.Time) Record {
	return Record{
		ID: s.ID, Name: s.Name, Kind: s.Kind, Type: typeOf(s.Kind),
		Holder: s.Holders[0].Holder(), HolderSerial: s.Holders[0].SerialHex(), MakerSerial: maker.SerialHex(),
		State: Recorded, Info: info, RecordedAt: now, ValidStart: s.ValidFrom, ValidEnd: s.ValidUntil,
	}
}
