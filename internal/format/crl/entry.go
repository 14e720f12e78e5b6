package crl

import (
	"errors"
	"fmt"
	"time"

	"xinzhang/internal/format/der"
)

// This file writes entries by hand: a list holds a million of them, and their
// lengths are wanted before their bytes. All of an entry is shorter than 128
// octets, so every length is one octet.

// Entry extensions up to their value: an id in an OCTET STRING, not critical.
const (
	reasonHead     = "\x30\x0A\x06\x03\x55\x1D\x15\x04\x03\x0A\x01"
	invalidityHead = "\x30\x18\x06\x03\x55\x1D\x18\x04\x11" // always GeneralizedTime: RFC 5280 5.3.2

	reasonSize     = len(reasonHead) + 1
	invaliditySize = len(invalidityHead) + 2 + len("20060102150405Z")
)

// size checks e and returns the length of its DER.
func (e Entry) size() (int, error) {
	switch _, known := reasons[e.Reason]; {
	case e.Serial == nil || e.Serial.Sign() <= 0 || e.RevokedAt.IsZero():
		return 0, errors.New("the serial number is not positive or the date is missing")
	case e.Serial.BitLen() > 159:
		return 0, errors.New("the serial number is longer than 20 octets")
	case !known || e.Reason == RemoveFromCRL:
		return 0, fmt.Errorf("reason %s has no place in a complete list", e.Reason)
	case !writable(e.RevokedAt), !e.InvalidityDate.IsZero() && !writable(e.InvalidityDate):
		return 0, errors.New("a date does not lie in the years 0 to 9999")
	}
	return 2 + e.contentSize(), nil
}

func writable(t time.Time) bool { y := t.UTC().Year(); return y >= 0 && y <= 9999 }

func (e Entry) contentSize() int {
	n := 2 + e.serialSize() + 2 + len("060102150405Z")
	if !inUTCTime(e.RevokedAt.UTC()) {
		n += len("20")
	}
	if x := e.extensionsSize(); x > 0 {
		n += 2 + x
	}
	return n
}

func (e Entry) serialSize() int { return e.Serial.BitLen()/8 + 1 }

func (e Entry) extensionsSize() (n int) {
	if e.Reason != Unspecified { // RFC 5280 5.3.1: leave code 0 out
		n += reasonSize
	}
	if !e.InvalidityDate.IsZero() {
		n += invaliditySize
	}
	return n
}

// appendTo appends the DER of e, whose size has been asked for, to out.
func (e Entry) appendTo(out []byte) []byte {
	n := e.serialSize()
	out = append(out, der.Sequence, byte(e.contentSize()), der.Integer, byte(n))
	out = append(out, make([]byte, n)...)
	e.Serial.FillBytes(out[len(out)-n:])
	if at := e.RevokedAt.UTC(); inUTCTime(at) {
		out = appendTime(append(out, der.UTCTime, byte(len("060102150405Z"))), at, false)
	} else {
		out = appendTime(append(out, der.GeneralizedTime, byte(len("20060102150405Z"))), at, true)
	}
	x := e.extensionsSize()
	if x == 0 {
		return out
	}
	out = append(out, der.Sequence, byte(x))
	if e.Reason != Unspecified {
		out = append(append(out, reasonHead...), byte(e.Reason))
	}
	if !e.InvalidityDate.IsZero() {
		out = append(out, invalidityHead...)
		out = appendTime(append(out, der.GeneralizedTime, byte(len("20060102150405Z"))), e.InvalidityDate.UTC(), true)
	}
	return out
}

// inUTCTime reports whether RFC 5280 4.1.2.5 asks for UTCTime.
func inUTCTime(t time.Time) bool { return t.Year() >= 1950 && t.Year() < 2050 }

// appendTime appends t, which is in UTC, as digits and a Z.
func appendTime(out []byte, t time.Time, century bool) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	if century {
		out = appendTwo(out, year/100)
	}
	for _, n := range [...]int{year % 100, int(month), day, hour, minute, second} {
		out = appendTwo(out, n)
	}
	return append(out, 'Z')
}

func appendTwo(out []byte, n int) []byte { return append(out, '0'+byte(n/10), '0'+byte(n%10)) }
