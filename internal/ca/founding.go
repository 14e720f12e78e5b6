package ca

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

// The names of the service keys beside [Root] and [Sub].
const (
	SealMaker       = "seal-maker" // signs seals
	KeyCentreKey    = "kmc"        // speaks for the key centre
	keyCentreEscrow = "kmc-escrow" // kmc.EscrowKey: guards the escrowed keys; has no certificate
)

// A Setup says what authority is to be founded. It is recorded, so that an
// interrupted founding can be completed, and cannot be changed afterwards.
type Setup struct {
	Name       string // of the authority, "示例电子认证中心"; at most 48 characters
	Country    string // "CN" when empty
	Province   string
	Locality   string
	CreditCode string // of the authority; may be empty

	// CRLURL is where the folder of CRLs can be fetched, "http://…/crl/"; the
	// certificates name CRLURL + "sub.crl". Empty: they name no place.
	CRLURL string
	// OCSPURL is written into certificates when it is not empty.
	OCSPURL string
}

func (s Setup) withDefaults() Setup {
	if s.Country == "" {
		s.Country = "CN"
	}
	return s
}

func (s Setup) subject(suffix string) cert.Subject {
	return cert.Subject{
		Country: s.Country, Province: s.Province, Locality: s.Locality,
		Organisation: s.Name, CommonName: s.Name + suffix,
	}
}

// statusURLs are the places where the state of a certificate of issuer can be
// asked for.
func (s Setup) statusURLs(issuer string) (crls, ocsp []string) {
	if s.CRLURL != "" {
		crls = []string{strings.TrimSuffix(s.CRLURL, "/") + "/" + issuer + crlSuffix}
	}
	if s.OCSPURL != "" {
		ocsp = []string{s.OCSPURL}
	}
	return crls, ocsp
}

// ownKeys are the keys of an authority in the order in which they are made; the
// ones with a profile get a certificate from issuer.
var ownKeys = []struct {
	name, issuer, profile, suffix string
}{
	{Root, Root, "root", "根证书"},
	{Sub, Root, "sub-ca", ""},
	{SealMaker, Sub, "seal-maker", "电子印章制作系统"},
	{KeyCentreKey, Sub, "kmc", "密钥管理中心"},
	{keyCentreEscrow, "", "", ""},
}

func foundingRequest(key string) string { return foundingPrefix + key }

// Init founds an authority in cfg.Home: the keys of the root, the sub CA, the
// seal maker and the key centre, their certificates, the trust anchor and the
// first CRLs. It refuses to do so twice ([fault.CAExists]), and where keys lie
// that nothing explains ([fault.CAKeysUnexplained]).
//
// When it is interrupted, the same Init again or the next [Open] completes it;
// with other words it is refused ([fault.CAInitUnfinished]), unless no key was
// made yet. The findings, none at the first time, explain what the interruption
// had left.
func Init(ctx context.Context, cfg Config, s Setup) (findings []Finding, err error) {
	cfg, s = cfg.withDefaults(), s.withDefaults()
	if err := cfg.Home.Create(); err != nil {
		return nil, err
	}
	unlock, err := cfg.Home.Lock(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	c, err := newCA(cfg)
	if err != nil {
		return nil, err
	}
	if err := c.startFounding(ctx, s); err != nil {
		return nil, err
	}
	return c.completeFounding(ctx)
}

// completeFounding takes a recorded founding to its end.
func (c *CA) completeFounding(ctx context.Context) ([]Finding, error) {
	findings, err := c.recoverRecords(ctx)
	if err != nil {
		return findings, err
	}
	return findings, c.found(ctx)
}

// startFounding records s, or finds that the same s is recorded already.
func (c *CA) startFounding(ctx context.Context, s Setup) error {
	spec, err := json.Marshal(s)
	if err != nil {
		return err
	}
	c.setup = s
	names, err := c.cfg.Keys.Names()
	if err != nil {
		return err
	}
	recorded, done, err := c.store.Setup(ctx)
	switch {
	case err == nil && done:
		old, err := parseSetup(recorded)
		return errors.Join(err, fault.New(fault.CAExists, "holder", old.Name))
	case err == nil && recorded != string(spec) && len(names) > 0:
		return fault.New(fault.CAInitUnfinished)
	case err == nil && recorded != string(spec): // no key was made: nothing stands in the way
		if err := c.store.DropSetup(ctx); err != nil {
			return fmt.Errorf("drop the unfinished founding: %w", err)
		}
	case err == nil:
		return c.checkPassphrase(ctx)
	case !errors.Is(err, ErrNotFound):
		return err
	}
	if len(names) > 0 {
		return fault.New(fault.CAKeysUnexplained, "names", strings.Join(names, ", "))
	}
	if err := c.checkSetup(s); err != nil {
		return err
	}
	if err := c.cfg.step("start founding"); err != nil {
		return err
	}
	if err := c.store.StartSetup(ctx, string(spec), c.cfg.now()); err != nil {
		return fmt.Errorf("record founding: %w", err)
	}
	return nil
}

func parseSetup(spec string) (s Setup, err error) {
	if err := json.Unmarshal([]byte(spec), &s); err != nil {
		return s, fmt.Errorf("read founding: %w", err)
	}
	return s, nil
}

// checkSetup builds what can be built without keys, so that a mistake in s shows
// before anything is recorded.
func (c *CA) checkSetup(s Setup) error {
	crls, ocsp := s.statusURLs(Sub)
	for _, k := range ownKeys {
		if k.profile == "" {
			continue
		}
		o := c.foundingOrder(k.name, k.issuer, k.profile, k.suffix)
		o.halves[0].public = &c.throwaway.PublicKey
		serial, err := newSerial(c.cfg.random)
		if err != nil {
			return err
		}
		t, err := c.template(o, o.halves[0], nil, serial)
		if err != nil {
			return err
		}
		t.Profile.CA, t.CRLURLs, t.OCSPURLs = true, crls, ocsp // without an issuer only a CA can be built
		if _, err := t.TBS(); err != nil {
			return err
		}
	}
	return nil
}

// checkPassphrase makes sure that the passphrase opens the keys before anything
// is changed. Without any key there is nothing to check.
func (c *CA) checkPassphrase(ctx context.Context) error {
	names, err := c.cfg.Keys.Names()
	if err != nil || len(names) == 0 {
		return err
	}
	_, err = c.cfg.Keys.Open(ctx, names[0])
	return err
}

// found makes whatever is still missing of the authority. Each step finds out by
// itself whether it is done.
func (c *CA) found(ctx context.Context) error {
	for _, k := range ownKeys {
		if err := c.ensureKey(ctx, k.name); err != nil {
			return err
		}
	}
	for _, k := range ownKeys {
		if k.profile == "" {
			continue
		}
		if err := c.certifyOwnKey(ctx, k.name, k.issuer, k.profile, k.suffix); err != nil {
			return err
		}
	}
	if _, err := c.publishTrust(ctx); err != nil {
		return err
	}
	for _, issuer := range []string{Root, Sub} {
		latest, err := c.store.LatestCRL(ctx, issuer)
		if errors.Is(err, ErrNotFound) {
			latest, err = c.BuildCRL(ctx, issuer)
		}
		if err != nil {
			return err
		}
		if _, err := c.publishCRL(latest); err != nil {
			return err
		}
	}
	if err := c.cfg.step("finish founding"); err != nil {
		return err
	}
	if err := c.store.FinishSetup(ctx, c.cfg.now()); err != nil {
		return fmt.Errorf("finish founding: %w", err)
	}
	c.cfg.Log.InfoContext(ctx, "authority founded", "name", c.setup.Name)
	return nil
}

// ensureKey makes a key that is not there yet. A key whose certificate is
// recorded has been there: its loss is an error.
func (c *CA) ensureKey(ctx context.Context, name string) error {
	_, err := c.cfg.Keys.Open(ctx, name)
	if !errors.Is(err, fault.KeyMissing) {
		return err
	}
	if _, e := c.store.Request(ctx, foundingRequest(name)); !errors.Is(e, ErrNotFound) {
		return errors.Join(err, e)
	}
	if err := c.cfg.step("make key " + name); err != nil {
		return err
	}
	_, err = c.cfg.Keys.Create(ctx, name)
	return err
}

func (c *CA) certifyOwnKey(ctx context.Context, name, issuer, profile, suffix string) error {
	key, err := c.cfg.Keys.Open(ctx, name)
	if err != nil {
		return err
	}
	o := c.foundingOrder(name, issuer, profile, suffix)
	o.halves[0].public = key.Public()
	if _, err := c.run(ctx, o); err != nil {
		return fmt.Errorf("certificate of %s: %w", name, err)
	}
	return nil
}

func (c *CA) foundingOrder(name, issuer, profile, suffix string) order {
	o := order{
		id: foundingRequest(name), issuer: issuer, subject: c.setup.subject(suffix),
		halves: []half{{half: Single, profile: profile}},
	}
	if issuer == Sub {
		o.subject.CreditCode = c.setup.CreditCode
	}
	return o
}
