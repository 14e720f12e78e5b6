package ses

import (
	"errors"
	"strings"
	"time"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// beijing is the zone of a written time that names none: programs that leave it
// out print the clock of the room.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// timeInfo reads the time of signing. Versions 4 and 5 write a GeneralizedTime,
// version 1 a BIT STRING with a time as text or a time-stamp token; each is taken
// in each, also as an OCTET STRING or a plain string.
func (p *parser) timeInfo(r *der.Reader, s *Signature) {
	v := p.value(r, "timeInfo")
	if p.err != nil {
		return
	}
	place := r.Place("timeInfo")
	var err error
	switch v.Tag {
	case der.GeneralizedTime, der.UTCTime:
		s.TimeText = string(v.Content)
		if s.Time, err = p.moment(v, place); err != nil {
			break
		}
		if s.Version == V1 {
			p.note(place, "a time in place of a BIT STRING")
		} else {
			p.timeForm(v, s.Time, der.GeneralizedTime, place)
		}
	case der.BitString, der.OctetString:
		if s.Version != V1 || v.Tag != der.BitString {
			p.note(place, "tag %#02x in place of what version %d has", v.Tag, s.Version)
		}
		var b []byte
		if b, err = stringOctets(v); err == nil {
			err = p.timeOctets(b, s, place)
		}
	default:
		p.note(place, "tag %#02x in place of what version %d has", v.Tag, s.Version)
		if s.TimeText, err = v.Text(); err == nil {
			s.Time, err = p.timeText(s.TimeText, place)
		}
	}
	r.Fail("timeInfo", err)
}

// moment reads a UTCTime or GeneralizedTime. DER wants a Z; without any zone it is
// read as the texts are, or a seal of this hour would lie in the future.
func (p *parser) moment(v der.Value, place string) (time.Time, error) {
	t, err := v.Time()
	if err != nil || strings.ContainsAny(string(v.Content), "Z+-") {
		return t, err
	}
	p.note(place, zoneless)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), beijing).UTC(), nil
}

// timeOctets reads a token, else a text.
func (p *parser) timeOctets(b []byte, s *Signature, place string) (err error) {
	if t, err := tokenTime(b); err == nil {
		s.Time, s.TimeToken = t, b
		if s.Version != V1 {
			p.note(place, "holds a time-stamp token")
		}
		return nil
	}
	s.TimeText = der.Decode(b)
	s.Time, err = p.timeText(s.TimeText, place)
	return err
}

// timeLayouts are the texts met in timeInfo; a fraction of a second may follow
// the seconds. writtenLayout is the one we write.
var timeLayouts = []string{writtenLayout, generalizedLayout, utcLayout, "20060102150405-0700", "2006-01-02 15:04:05Z07:00"}

const zoneless = "names no zone, taken as Beijing time"

// zonelessLayouts name no zone.
var zonelessLayouts = []string{"20060102150405", "2006-01-02 15:04:05", "2006-01-02T15:04:05"}

const writtenLayout = "2006-01-02T15:04:05Z07:00"

func (p *parser) timeText(text, place string) (time.Time, error) {
	trimmed := strings.Trim(text, " \x00")
	if trimmed != text {
		p.note(place, "padded with spaces or zero octets")
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, trimmed); err == nil {
			return t.UTC(), nil
		}
	}
	for _, layout := range zonelessLayouts {
		if t, err := time.ParseInLocation(layout, trimmed, beijing); err == nil {
			p.note(place, zoneless)
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("neither a time nor a time-stamp token")
}

// tokenTime reads genTime of an RFC 3161 time-stamp token without checking it:
// ContentInfo › SignedData › encapContentInfo › TSTInfo.
func tokenTime(b []byte) (time.Time, error) {
	content := der.OpenBytes(b, der.Sequence, "token")
	content.OID("contentType")
	signed := content.Open("content", extTag).Open("signedData", der.Sequence)
	signed.Value("version", der.Integer)
	signed.Value("digestAlgorithms", der.Set)
	encap := signed.Open("encapContentInfo", der.Sequence)
	if id := encap.OID("eContentType"); id != oid.TSTInfo {
		encap.Fail("eContentType", errors.New("not that of a time stamp"))
	}
	octets := encap.Open("eContent", extTag)
	inner := octets.Octets("octets")
	if err := octets.Err(); err != nil {
		return time.Time{}, err
	}
	tst := der.OpenBytes(inner, der.Sequence, "tstInfo")
	tst.Value("version", der.Integer)
	tst.OID("policy")
	tst.Value("messageImprint", der.Sequence)
	tst.Value("serialNumber", der.Integer)
	t := tst.Time("genTime")
	return t, tst.Err()
}
