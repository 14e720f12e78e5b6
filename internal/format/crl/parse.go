package crl

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"math/big"
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
	full, ok := der.Open(v, v.Tag, "distributionPoint").Optional("fullName", der.ContextConstructed(0))
	if !ok {
		l.partial = append(l.partial, kindPoint)
		return
	}
	names, _ := full.Children()
	for _, n := range names {
		if n.Tag == der.Context(6) {
			l.points = append(l.points, der.Decode(n.Content))
		}
	}
	if len(l.points) == 0 { // a directory name: cannot be compared with addresses
		l.partial = append(l.partial, kindPoint)
	}
}

// checkEntries walks all entries once: structure, and what limits the list.
func (l *List) checkEntries() error {
	for rest := l.entries; len(rest) > 0; l.Count++ {
		var v der.Value
		var err error
		if v, rest, err = der.Parse(rest); err != nil {
			return fmt.Errorf("revokedCertificates[%d]: %w", l.Count, err)
		}
		e, critical, err := readEntry(v)
		if err != nil {
			return fmt.Errorf("revokedCertificates[%d]: %w", l.Count, err)
		}
		if critical != "" && len(l.partial) < maxDeviations {
			l.partial = append(l.partial, criticalEntry(critical))
		}
		if e.Reason == RemoveFromCRL && len(l.partial) == 0 {
			l.deviate("revokedCertificates", "entry %d is removeFromCRL in a complete list", l.Count)
		}
	}
	return nil
}

func criticalEntry(id oid.ID) kind {
	if id == oid.CertificateIssuer {
		return kindIndirect
	}
	return kindCritical(id)
}

func (l *List) deviate(place, format string, args ...any) {
	if len(l.Deviations) < maxDeviations {
		l.Deviations = append(l.Deviations, place+": "+fmt.Sprintf(format, args...))
	}
}

// reasonOnly is the DER of entry extensions that hold a reason and nothing else,
// up to the reason's octet.
const reasonOnly = "\x30\x0C\x30\x0A\x06\x03\x55\x1D\x15\x04\x03\x0A\x01"

// readEntry reads one entry without its serial number, which only a hit needs.
// critical is an unknown critical extension of the entry.
func readEntry(v der.Value) (e Entry, critical oid.ID, err error) {
	if v.Tag != der.Sequence {
		return e, "", fmt.Errorf("tag %#02x is no entry", v.Tag)
	}
	serial, rest, err := der.Parse(v.Content)
	if err != nil || serial.Tag != der.Integer || len(serial.Content) == 0 {
		return e, "", fmt.Errorf("userCertificate is no integer")
	}
	date, rest, err := der.Parse(rest)
	if err != nil {
		return e, "", fmt.Errorf("revocationDate: %w", err)
	}
	if e.RevokedAt, err = date.Time(); err != nil {
		return e, "", fmt.Errorf("revocationDate: %w", err)
	}
	switch {
	case len(rest) == 0:
		return e, "", nil
	case len(rest) == len(reasonOnly)+1 && string(rest[:len(reasonOnly)]) == reasonOnly:
		e.Reason = Reason(rest[len(reasonOnly)]) // nearly every entry of a long list
		return e, "", nil
	}
	critical, err = e.readExtensions(rest)
	return e, critical, err
}

func (e *Entry) readExtensions(b []byte) (critical oid.ID, err error) {
	r := der.OpenBytes(b, der.Sequence, "crlEntryExtensions")
	for r.More() {
		x := extension(r)
		if r.Err() != nil {
			break
		}
		v, err := der.ParseOnly(x.Value)
		switch {
		case x.ID == oid.ReasonCode && err == nil:
			n, err := v.Int()
			r.Fail("reasonCode", err)
			e.Reason = Reason(n)
		case x.ID == oid.InvalidityDate && err == nil:
			e.InvalidityDate, err = v.Time()
			r.Fail("invalidityDate", err)
		case x.Critical:
			critical = x.ID
		}
	}
	return critical, r.End()
}

// Lookup finds the entry of the certificate with this serial number. It reads
// the list from its beginning: a million entries take some hundredths of a
// second and no memory.
func (l *List) Lookup(serial *big.Int) (Entry, bool) {
	want := bytes.TrimLeft(twosComplement(serial), "\x00")
	for rest := l.entries; len(rest) > 0; {
		v, next, err := der.Parse(rest)
		if err != nil {
			return Entry{}, false // Parse has seen every entry
		}
		rest = next
		n, _, err := der.Parse(v.Content)
		if err != nil || !bytes.Equal(bytes.TrimLeft(n.Content, "\x00"), want) {
			continue
		}
		e, _, err := readEntry(v)
		e.Serial = serial
		return e, err == nil
	}
	return Entry{}, false
}

// Entries walks the list in order until yield returns false; each entry is read
// when its turn comes. It can be ranged over.
func (l *List) Entries(yield func(Entry) bool) {
	for rest := l.entries; len(rest) > 0; {
		v, next, err := der.Parse(rest)
		if err != nil {
			return
		}
		rest = next
		n, _, _ := der.Parse(v.Content)
		e, _, err := readEntry(v)
		if err != nil {
			return
		}
		if e.Serial, err = n.BigInt(); err != nil || !yield(e) {
			return
		}
	}
}

// twosComplement returns the content octets of the INTEGER n.
func twosComplement(n *big.Int) []byte {
	if n.Sign() >= 0 {
		return append([]byte{0}, n.Bytes()...)
	}
	size := n.BitLen()/8 + 1
	return new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size))).Bytes()
}
