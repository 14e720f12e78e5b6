package main

import (
	"context"
	"errors"
	"fmt"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
	"xinzhang/internal/kmc"
	"xinzhang/internal/seals"
	"xinzhang/internal/store"
)

// An authority is the certification authority of the data directory with all
// that belongs to it, open for issuing.
type authority struct {
	*ca.CA
	db   *store.DB
	keys *hsm.Folder
}

// services wires the rooms of the authority in the data directory.
func services(ctx context.Context, a *app, pass hsm.Passphrase) (ca.Config, *store.DB, *hsm.Folder, error) {
	dir := home.Dir(a.home)
	if err := dir.Create(); err != nil {
		return ca.Config{}, nil, nil, err
	}
	db, err := store.Open(ctx, dir.Database())
	if err != nil {
		return ca.Config{}, nil, nil, err
	}
	keys := hsm.NewFolder(dir.Keys(), pass)
	centre := kmc.New(kmc.Config{Store: db.KMC(), Keys: keys, Now: a.now})
	return ca.Config{Home: dir, Store: db.CA(), Keys: keys, KMC: centre, Now: a.now}, db, keys, nil
}

// openAuthority opens the authority and tells what an interrupted program left.
func openAuthority(a *app, pass hsm.Passphrase) (*authority, error) {
	cfg, db, keys, err := services(a.ctx, a, pass)
	if err != nil {
		return nil, err
	}
	c, findings, err := ca.Open(a.ctx, cfg)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for _, f := range findings {
		_, _ = fmt.Fprintf(a.stderr, "· %s\n", f.Words(a.lang).Title)
	}
	return &authority{c, db, keys}, nil
}

func (s *authority) Close() error { return errors.Join(s.CA.Close(), s.db.Close()) }

// sealMaker opens the seal maker of the authority.
func (s *authority) sealMaker(a *app) (*seals.Maker, error) {
	own, err := s.OwnCertificate(a.ctx, ca.SealMaker)
	if err != nil {
		return nil, err
	}
	key, err := s.keys.Open(a.ctx, ca.SealMaker)
	if err != nil {
		return nil, err
	}
	return seals.New(seals.Config{Store: s.db.Seals(), Key: key, Certificate: own, Register: s.Register, Now: a.now}), nil
}

// passphrase reads the passphrase of the authority's keys.
func (a *app) passphrase(file string) (hsm.Passphrase, error) {
	b, err := secretSource{file: file, env: "XINZHANG_PASSPHRASE", ask: words[a.lang]["ask_passphrase"]}.read(a)
	if err != nil {
		return hsm.Passphrase{}, err
	}
	if len(b) == 0 {
		return hsm.Passphrase{}, fault.New(fault.SecretMissing)
	}
	return hsm.NewPassphrase(b), nil
}
