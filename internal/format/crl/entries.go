package crl

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

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
		return e, "", errors.New("userCertificate is no integer")
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
// the list to its end: a million entries take some hundredths of a second and no
// memory. Where authorities list a number twice, the worst reason and the
// earliest dates count: no order of entries may hide a revocation.
func (l *List) Lookup(serial *big.Int) (found Entry, listed bool) {
	want := der.IntegerOctets(serial)
	for rest := l.entries; len(rest) > 0; {
		v, next, err := der.Parse(rest)
		if err != nil {
			break // Parse has seen every entry
		}
		rest = next
		n, _, err := der.Parse(v.Content)
		if err != nil || !der.SameNumber(n.Content, want) {
			continue
		}
		e, _, err := readEntry(v)
		if err != nil {
			continue
		}
		if listed {
			e = found.with(e)
		}
		e.Serial = serial
		found, listed = e, true
	}
	return found, listed
}

// with returns what two entries of one serial number say together. Taking off
// the list (removeFromCRL) has no date that counts beside a hold or revocation.
func (e Entry) with(other Entry) Entry {
	if cmp.Or(cmp.Compare(other.Reason.rank(), e.Reason.rank()), e.RevokedAt.Compare(other.RevokedAt)) > 0 {
		e, other = other, e
	}
	if other.Reason.rank() == 0 && e.Reason.rank() > 0 {
		return e
	}
	if other.RevokedAt.Before(e.RevokedAt) {
		e.RevokedAt = other.RevokedAt
	}
	if !other.InvalidityDate.IsZero() && (e.InvalidityDate.IsZero() || other.InvalidityDate.Before(e.InvalidityDate)) {
		e.InvalidityDate = other.InvalidityDate
	}
	return e
}

// rank orders reasons by what they leave of a certificate.
func (r Reason) rank() int {
	switch r {
	case RemoveFromCRL:
		return 0
	case Hold:
		return 1
	default:
		return 2
	}
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
