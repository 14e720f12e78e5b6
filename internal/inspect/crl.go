package inspect

import (
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/oid"
)

// maxEntries is how many entries of a revocation list are written out.
const maxEntries = 100

// A CRL explains a revocation list. Its signature cannot be checked: the issuer's
// key is never inside.
type CRL struct {
	Issuer             string     `json:"issuer"`
	IssuerName         string     `json:"issuer_name"`
	Number             string     `json:"number,omitempty"`
	ThisUpdate         time.Time  `json:"this_update"`
	NextUpdate         *time.Time `json:"next_update,omitempty"`
	Period             Period     `json:"period"` // expired: a newer list is due
	Delta              bool       `json:"delta,omitempty"`
	SignatureAlgorithm oid.ID     `json:"signature_algorithm"`
	Count              int        `json:"count"`
	Entries            []CRLEntry `json:"entries"` // the first hundred
	Deviations         []string   `json:"deviations,omitempty"`
}

// A CRLEntry is one certificate of a revocation list.
type CRLEntry struct {
	Serial         string     `json:"serial"`
	RevokedAt      time.Time  `json:"revoked_at"`
	Reason         string     `json:"reason"`
	InvalidityDate *time.Time `json:"invalidity_date,omitempty"` // from when on the key must not be relied on

	reason crl.Reason
}

func (in inspector) crl(b []byte) (Item, error) {
	list, err := crl.Parse(b)
	if err != nil {
		return Item{}, err
	}
	out := &CRL{
		Issuer: nameOf(list.Issuer()), IssuerName: list.Issuer().String(), ThisUpdate: list.ThisUpdate,
		SignatureAlgorithm: list.SignatureAlgorithm, Count: list.Count, Entries: []CRLEntry{}, Deviations: list.Deviations,
	}
	if list.Number != nil {
		out.Number = list.Number.String()
	}
	switch {
	case in.opt.At.Before(list.ThisUpdate):
		out.Period = NotYet
	case list.Current(in.opt.At):
		out.Period = InForce
	default:
		out.Period = Ended
	}
	if !list.NextUpdate.IsZero() {
		out.NextUpdate = &list.NextUpdate
	}
	for _, e := range list.Extensions {
		out.Delta = out.Delta || e.ID == oid.DeltaCRL
	}
	for e := range list.Entries {
		if len(out.Entries) == maxEntries {
			break
		}
		entry := CRLEntry{Serial: serialOf(e), RevokedAt: e.RevokedAt, Reason: e.Reason.String(), reason: e.Reason}
		if !e.InvalidityDate.IsZero() {
			entry.InvalidityDate = &e.InvalidityDate
		}
		out.Entries = append(out.Entries, entry)
	}
	return Item{CRL: out}, nil
}

func serialOf(e crl.Entry) string { return (&cert.Certificate{Serial: e.Serial}).SerialHex() }

// A Request explains a certificate request.
type Request struct {
	Name         string `json:"name"` // what people call the applicant
	Subject      string `json:"subject"`
	KeyAlgorithm oid.ID `json:"key_algorithm"`
	SM2          bool   `json:"sm2"`
	KeyID        Hex    `json:"key_id,omitempty"` // the subject key identifier the certificate will bear
	Possession   Check  `json:"possession"`       // the applicant holds the private key
}

func (in inspector) request(b []byte) (Item, error) {
	c, err := cert.ParseCSR(b)
	if err != nil {
		return Item{}, err
	}
	out := &Request{
		Name: in.mask(nameOf(c.Subject())), Subject: in.mask(c.Subject().String()),
		KeyAlgorithm: c.KeyAlgorithm, SM2: c.PublicKey != nil, Possession: Unchecked,
	}
	item := Item{Request: out}
	if c.PublicKey != nil {
		out.KeyID = cert.KeyID(c.PublicKey)
		err := c.CheckSignature()
		if out.Possession = check(err == nil); err != nil {
			item.Findings = append(item.Findings, findingOf(err))
		}
	}
	return item, nil
}

// placeOf is the place that an error of a format names, for a part which is not
// the file itself.
func placeOf(err error) string {
	if place, ok := fault.Of(err).Args["place"].(string); ok {
		return place
	}
	return err.Error()
}
