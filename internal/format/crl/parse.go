package crl

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

const (
	maxSize       = 512 << 20
	maxExtensions = 64
	maxDeviations = 32
)

// Parse reads a list, DER or PEM, leniently. Every entry is looked at once, none
// is kept apart from the bytes. The error is [fault.CRLBroken] with the place.
func Parse(b []byte) (*List, error) {
	if len(b) > maxSize {
		return nil, fault.New(fault.InputTooLarge, "what", "CRL", "limit", "512 MiB")
	}
	if bytes.HasPrefix(bytes.TrimSpace(b[:min(len(b), 64)]), []byte("-----BEGIN")) {
		if block, _ := pem.Decode(b); block != nil {
			b = block.Bytes
		}
	}
	l, err := parse(b)
	if err != nil {
		where, _, _ := strings.Cut(err.Error(), ": ")
		return nil, fault.Wrap(fault.CRLBroken, err, "place", where)
	}
	return l, nil
}

func parse(b []byte) (*List, error) {
	whole, rest, err := der.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	l := &List{Raw: whole.Raw}
	if len(rest) > 0 {
		l.deviate("list", "%d bytes follow it", len(rest))
	}
	r := der.Open(whole, der.Sequence, "list")
	tbs := r.Value("tbsCertList", der.Sequence)
	alg := r.Open("signatureAlgorithm", der.Sequence)
	l.SignatureAlgorithm = alg.OID("algorithm")
	r.Fail("signatureAlgorithm", alg.Err())
	l.Signature = r.Bits("signature")
	if err := r.End(); err != nil {
		return nil, err
	}
	l.RawTBS = tbs.Raw
	if err := l.parseTBS(tbs); err != nil {
		return nil, err
	}
	if err := l.readExtensions(); err != nil {
		return nil, err
	}
	return l, l.checkEntries()
}

func (l *List) parseTBS(tbs der.Value) error {
	r := der.Open(tbs, der.Sequence, "tbsCertList")
	version := 1
	if r.Peek() == der.Integer {
		version = r.Int("version") + 1
	}
	alg := r.Open("signature", der.Sequence)
	if id := alg.OID("algorithm"); id != l.SignatureAlgorithm && alg.Err() == nil {
		return fmt.Errorf("tbsCertList.signature: %s inside, %s outside", id, l.SignatureAlgorithm)
	}
	r.Fail("signature", alg.Err())
	l.RawIssuer = r.Value("issuer", der.Sequence).Raw
	l.ThisUpdate = r.Time("thisUpdate")
	if tag := r.Peek(); tag == der.UTCTime || tag == der.GeneralizedTime {
		l.NextUpdate = r.Time("nextUpdate")
	} else {
		l.deviate("nextUpdate", "is missing")
	}
	if v, ok := r.Optional("revokedCertificates", der.Sequence); ok {
		l.entries = v.Content
	}
	if v, ok := r.Optional("crlExtensions", der.ContextConstructed(0)); ok {
		if version != 2 {
			l.deviate("version", "is %d although there are extensions", version)
		}
		l.parseExtensions(r, v)
	}
	if err := r.End(); err != nil {
		return err
	}
	if _, err := cert.ParseName(l.RawIssuer); err != nil {
		return fmt.Errorf("tbsCertList.issuer: %w", err)
	}
	return nil
}

func (l *List) parseExtensions(r *der.Reader, v der.Value) {
	outer := der.Open(v, v.Tag, "crlExtensions")
	list := outer.Open("list", der.Sequence)
	for list.More() {
		if len(l.Extensions) == maxExtensions {
			list.Fail("extension", fmt.Errorf("more than %d", maxExtensions))
			break
		}
		l.Extensions = append(l.Extensions, extension(list))
	}
	outer.Fail("list", list.Err())
	r.Fail("crlExtensions", outer.Err())
}

// extension reads one extension; a problem stays in list.
func extension(list *der.Reader) cert.Extension {
	r := list.Open("extension", der.Sequence)
	e := cert.Extension{ID: r.OID("extnID")}
	if v, ok := r.Optional("critical", der.Boolean); ok {
		e.Critical, _ = v.Bool()
	}
	e.Value = r.Octets("extnValue")
	list.Fail("extension", r.End())
	return e
}

func (l *List) readExtensions() error {
	for _, e := range l.Extensions {
		switch e.ID {
		case oid.CRLNumber:
			v, err := der.ParseOnly(e.Value)
			if err == nil {
				l.Number, err = v.BigInt()
			}
			if err != nil {
				return fmt.Errorf("crlNumber: %w", err)
			}
		case oid.DeltaCRL:
			l.partial = append(l.partial, kindDelta)
		case oid.IssuingDistPoint:
			if err := l.readScope(e.Value); err != nil {
				return err
			}
		case oid.AuthorityKeyID:
		default:
			if e.Critical {
				l.partial = append(l.partial, kindCritical(e.ID))
			}
		}
	}
	return nil
}

// readScope reads IssuingDistributionPoint, RFC 5280 5.2.5.
func (l *List) readScope(value []byte) error {
	r := der.OpenBytes(value, der.Sequence, "issuingDistributionPoint")
	for r.More() {
		v := r.Value("member")
		on := len(v.Content) == 1 && v.Content[0] != 0
		switch v.Tag {
		case der.ContextConstructed(0):
			l.readPoint(v)
		case der.Context(1):
			l.onlyEE = on
		case der.Context(2):
			l.onlyCA = on
		case der.Context(3):
			l.partial = append(l.partial, kindReasons)
		case der.Context(4):
			if on {
				l.partial = append(l.partial, kindIndirect)
			}
		default: // onlyContainsAttributeCerts, or what is not known yet
			if on {
				l.partial = append(l.partial, kindScope)
			}
		}
	}
	return r.End()
}

func (l *List) readPoint(v der.Value) {
	if l.point = cert.ReadPoint(v, l.RawIssuer); l.point.Empty() {
		l.partial = append(l.partial, kindPoint)
	}
}

func (l *List) deviate(place, format string, args ...any) {
	if len(l.Deviations) < maxDeviations {
		l.Deviations = append(l.Deviations, place+": "+fmt.Sprintf(format, args...))
	}
}
