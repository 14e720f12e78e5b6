package agent

import (
	"context"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2/sse"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
	"xinzhang/internal/token"
)

func (s *Server) managedKeys(ctx context.Context, _ *struct{}) (*Body[ManagedKeys], error) {
	out := ManagedKeys{Keys: []ManagedKey{}, Devices: []ManagedDevice{}}
	for _, d := range s.cfg.Ring.Devices() {
		for _, f := range d.Keys {
			out.Keys = append(out.Keys, s.managed(ctx, f))
		}
		if len(d.Keys) == 0 || d.Err != nil {
			device := managedDevice(d)
			device.Problem = keyring.Why(d.Err, problem.LanguageOf(ctx))
			out.Devices = append(out.Devices, device)
		}
	}
	return &Body[ManagedKeys]{out}, nil
}

func (s *Server) managed(ctx context.Context, f *keyring.Found) ManagedKey {
	lang, now := problem.LanguageOf(ctx), s.cfg.Now()
	number, _ := f.Signing.IDNumber()
	m := ManagedKey{
		Key: s.cfg.Ring.Describe(f, keyring.Sign, lang), Tries: f.Tries, Signing: plain(f.Signing, lang, now),
		Container: f.Container, Application: f.Application, Files: []ManagedFile{}, Hardware: managedDevice(f.Device), Purposes: []PurposeSuitedness{},
	}
	if f.Signing.Role() == cert.RoleOrganisation {
		m.Key = s.cfg.Ring.Describe(f, keyring.Seal, lang)
	}
	if number != "" {
		m.IDNumberMasked = cert.MaskIDNumber(number)
	}
	m.CreditCode, _ = f.Signing.CreditCode()
	if f.Encryption != nil {
		p := plain(f.Encryption, lang, now)
		m.Encryption = &p
	}
	for _, file := range f.Files {
		m.Files = append(m.Files, ManagedFile{file.Name, file.Size})
	}
	for _, purpose := range []keyring.Purpose{keyring.Login, keyring.Sign, keyring.Seal, keyring.Decrypt} {
		k := s.cfg.Ring.Describe(f, purpose, lang)
		m.Purposes = append(m.Purposes, PurposeSuitedness{purpose, k.Suited, k.Reason})
	}
	if err := s.cfg.Ring.Settled(f); err != nil {
		m.Notice = keyring.Why(err, lang)
	}
	return m
}

func managedDevice(d *keyring.PluggedIn) ManagedDevice {
	i := d.Info
	return ManagedDevice{
		Name: d.Name, Label: i.Label, Kind: d.Kind, Serial: i.Serial, Vendor: i.Manufacturer, Model: i.Model,
		Version: i.Version, Hardware: i.Hardware, Total: i.Total, Free: i.Free,
	}
}

func (s *Server) managerEvents(ctx context.Context, _ *struct{}, send sse.Sender) {
	changed, stop := s.cfg.Ring.Watch()
	defer stop()
	for {
		if send.Data(KeysEvent{len(s.cfg.Ring.All())}) != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(keepAlive):
		}
	}
}

// revealIDNumber shows the whole number to its holder, and notes that it did.
func (s *Server) revealIDNumber(ctx context.Context, in *keyOnly) (*Body[IDNumber], error) {
	f, number, err := s.idNumber(in.ID)
	if err != nil {
		return nil, err
	}
	s.write(ctx, LogEntry{Purpose: "reveal"}, f, nil)
	return &Body[IDNumber]{IDNumber{number}}, nil
}

func (s *Server) idNumber(id string) (*keyring.Found, string, error) {
	f, err := s.cfg.Ring.Find(id)
	if err != nil {
		return nil, "", err
	}
	number, ok := f.Signing.IDNumber()
	if !ok {
		return nil, "", fault.New(fault.KeyPurposeLoginIdentity)
	}
	return f, number, nil
}

func (s *Server) compareIDNumber(_ context.Context, in *forKey[CompareParams]) (*Body[Comparison], error) {
	_, number, err := s.idNumber(in.ID)
	if err != nil {
		return nil, err
	}
	return &Body[Comparison]{compare(number, in.Body.Number)}, nil
}

func (s *Server) verifyPIN(ctx context.Context, in *forKey[PINParams]) (*Body[PINResult], error) {
	typed := token.NewPIN([]byte(in.Body.PIN))
	defer typed.Clear()
	tries, err := s.cfg.Ring.VerifyPIN(ctx, keyring.Attempt{Key: in.ID, Operation: in.Body.Operation, PIN: typed, Last: in.Body.Last})
	if err != nil {
		return nil, err
	}
	return &Body[PINResult]{PINResult{tries}}, nil
}

func (s *Server) changePIN(ctx context.Context, in *forKey[ChangePINParams]) (*Body[PINResult], error) {
	old, next, repeat := token.NewPIN([]byte(in.Body.Old)), token.NewPIN([]byte(in.Body.New)), token.NewPIN([]byte(in.Body.Repeat))
	defer old.Clear()
	defer next.Clear()
	defer repeat.Clear()
	tries, err := s.cfg.Ring.ChangePIN(ctx, keyring.Attempt{Key: in.ID, Operation: in.Body.Operation, PIN: old, Last: in.Body.Last}, next, repeat)
	if err != nil {
		return nil, err
	}
	return &Body[PINResult]{PINResult{tries}}, nil
}

// testSignature signs random octets, so that the signature is of no use to
// anybody; the session has checked it with the certificate.
func (s *Server) testSignature(ctx context.Context, in *forKey[PINParams]) (*Body[TestSignature], error) {
	typed := token.NewPIN([]byte(in.Body.PIN))
	defer typed.Clear()
	var e [32]byte
	_, _ = rand.Read(e[:])
	session, err := s.cfg.Ring.Unlock(ctx, keyring.Attempt{Key: in.ID, Operation: in.Body.Operation, PIN: typed, Last: in.Body.Last}, [][32]byte{e})
	if err != nil {
		return nil, err
	}
	defer func() { _ = session.Close() }()
	value, err := session.Sign(ctx, e)
	if err != nil {
		return nil, err
	}
	f, err := s.cfg.Ring.Find(in.ID)
	if err != nil {
		return nil, err
	}
	return &Body[TestSignature]{TestSignature{Digest: e[:], Value: value, Valid: true, Tries: f.Tries}}, nil
}

// exportCertificate is 导出签名: a file that certificate viewers open.
func (s *Server) exportCertificate(_ context.Context, in *certificateQuery) (*file, error) {
	f, err := s.cfg.Ring.Find(in.ID)
	if err != nil {
		return nil, err
	}
	c := f.Signing
	if in.Use == "encryption" {
		if c = f.Encryption; c == nil {
			return nil, fault.New(fault.KeyPurposeNoEncryption)
		}
	}
	out := &file{ContentType: "application/pkix-cert", Body: c.Raw}
	if in.Form == "pem" {
		out.ContentType, out.Body = "application/x-pem-file", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	out.ContentDisposition = fmt.Sprintf(`attachment; filename="%s-%s.%s"`, in.Use, c.SerialHex(), in.Form)
	return out, nil
}
