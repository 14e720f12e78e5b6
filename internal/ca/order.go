package ca

import (
	"context"
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
)

// An order is what is to be issued, in the terms of this package.
type order struct {
	id       string
	issuer   string
	subject  cert.Subject
	years    int
	hardware bool
	halves   []half
}

type half struct {
	half    Half
	profile string
	public  *ecdsa.PublicKey // nil: the key centre makes the key
}

func (o order) dual() bool { return len(o.halves) == 2 }

func (req Request) order() (order, error) {
	invalid := func(what string) error { return fault.New(fault.CARequestInvalid, "what", what) }
	if !utf8.ValidString(req.ID) || req.ID == "" || len(req.ID) > 128 || strings.HasPrefix(req.ID, foundingPrefix) {
		return order{}, invalid("ID")
	}
	profiles := req.Kind.profiles()
	if profiles == nil {
		return order{}, invalid("kind " + string(req.Kind))
	}
	if req.Years < 0 || req.Years > 50 {
		return order{}, invalid("years")
	}
	csr, err := cert.ParseCSR(req.CSR)
	if err != nil {
		return order{}, err
	}
	if err := csr.CheckSignature(); err != nil {
		return order{}, err
	}
	o := order{
		id: req.ID, issuer: Sub, subject: req.Subject, years: req.Years, hardware: req.Hardware,
		halves: []half{{Single, profiles[0], csr.PublicKey}},
	}
	if len(profiles) == 2 {
		o.halves[0].half = SigningHalf
		o.halves = append(o.halves, half{EncryptionHalf, profiles[1], nil})
	}
	return o, nil
}

// digest tells contents apart. The signature in a CSR differs each time it is
// made, so the public key stands for the CSR.
func (o order) digest() (string, error) {
	type part struct {
		Half    Half
		Profile string
		Public  []byte
	}
	content := struct {
		Issuer   string
		Subject  cert.Subject
		Years    int
		Hardware bool
		Parts    []part
	}{o.issuer, o.subject, o.years, o.hardware, nil}
	for _, h := range o.halves {
		p := part{h.half, h.profile, nil}
		if h.public != nil {
			p.Public = sm2enc.MarshalPublicKey(h.public)
		}
		content.Parts = append(content.Parts, p)
	}
	b, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:]), nil
}

// build makes the records of an order whose public keys are all known.
func (c *CA) build(ctx context.Context, o order) ([]Record, error) {
	var parent *cert.Certificate
	if o.id != foundingRequest(Root) {
		i, err := c.issuer(ctx, o.issuer)
		if err != nil {
			return nil, err
		}
		if err := c.inForce(ctx, i.cert); err != nil {
			return nil, err
		}
		parent = i.cert
	}
	now := c.cfg.now()
	records := make([]Record, len(o.halves))
	for i, h := range o.halves {
		serial, err := newSerial(c.cfg.random)
		if err != nil {
			return nil, err
		}
		t, err := c.template(o, h, parent, serial)
		if err != nil {
			return nil, err
		}
		tbs, err := t.TBS()
		if err != nil {
			return nil, err
		}
		records[i] = Record{
			Serial: serialHex(serial), Issuer: o.issuer, Request: o.id, Profile: h.profile, Half: h.half,
			Holder: o.subject.CommonName, Organisation: o.subject.Organisation,
			NotBefore: t.NotBefore, NotAfter: t.NotAfter, TBS: tbs, State: Recorded, RecordedAt: now,
		}
	}
	if o.dual() {
		records[0].Pair, records[1].Pair = records[1].Serial, records[0].Serial
	}
	return records, nil
}

func (c *CA) template(o order, h half, parent *cert.Certificate, serial *big.Int) (cert.Template, error) {
	p, err := cert.LookupProfile(h.profile)
	if err != nil {
		return cert.Template{}, err
	}
	if o.years > 0 {
		p.Years = o.years
	}
	from := c.cfg.now().Truncate(1e9)
	t := cert.Template{
		Profile: p, Subject: o.subject, Serial: serial, NotBefore: from, NotAfter: p.NotAfter(from),
		PublicKey: h.public, Issuer: parent, Hardware: o.hardware,
	}
	if parent != nil {
		t.CRLURLs, t.OCSPURLs = c.setup.statusURLs(o.issuer)
	}
	return t, nil
}

// inForce refuses to issue under an issuer that is suspended or revoked.
func (c *CA) inForce(ctx context.Context, issuer *cert.Certificate) error {
	if err := c.Check(ctx, issuer, c.cfg.now()); err != nil {
		return fault.Wrap(fault.CertIssuerUnfit, err, "why", fault.Of(err).Code)
	}
	return nil
}

// newSerial draws 16 octets. The first bit is clear, so that the number is
// positive, and the second set, so that all 16 octets are written.
func newSerial(random io.Reader) (*big.Int, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nil, fmt.Errorf("draw serial number: %w", err)
	}
	b[0] = b[0]&0x3F | 0x40
	return new(big.Int).SetBytes(b[:]), nil
}

func serialHex(n *big.Int) string { return hex.EncodeToString(n.Bytes()) }
