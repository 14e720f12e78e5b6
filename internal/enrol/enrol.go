// Package enrol brings certificates into a UKey: it has the signing pair made
// inside, asks the authority with a request that this key has signed, and
// installs both certificates and the enveloped encryption key.
//
//	result, err := enrol.Run(ctx, authority, app, enrol.Plan{ID: "2026-0001", Kind: ca.Person, Subject: s})
//
// The user PIN has been verified on the application. When anything fails, the
// container is deleted and what was issued is taken back, so that nobody keeps
// half of a UKey and no certificate stays valid whose key is gone. When the
// program was killed, the same Run again goes on, or starts afresh where it
// cannot.
//
// Who may have which certificate was decided before. Changing the first PIN is
// left to the holder.
package enrol

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// An Authority issues certificates; [ca.CA] is one.
type Authority interface {
	// Issue issues, or returns what was issued under the same identifier.
	Issue(ctx context.Context, req ca.Request) (*ca.Issued, error)
	// Issued returns what was issued, or [fault.CertNotFound].
	Issued(ctx context.Context, request string) (*ca.Issued, error)
	// Withdraw takes back what the holder never got.
	Withdraw(ctx context.Context, request, note string) error
}

// A Plan says who gets what.
type Plan struct {
	ID        string // of the request, as in [ca.Request]
	Kind      ca.Kind
	Subject   cert.Subject
	Years     int    // of validity; 0: as the profile says
	Hardware  bool   // the UKey is a chip, not a file
	Container string // its name; empty: [DefaultContainer]
}

// DefaultContainer is the name of the container when the plan leaves it open.
const DefaultContainer = "sign-1"

// A Result is what the UKey now holds.
type Result struct {
	*ca.Issued
	// Tested: the keys were tried out inside the UKey. They cannot be while the
	// first PIN stands; the certificates are there nevertheless.
	Tested bool
}

// Run enrols. A container of that name which holds other certificates is left
// alone: [fault.ContainerExists]. Other errors are those of the UKey and of the
// authority, and [fault.EnrolTestFailed] when the keys do not work.
func Run(ctx context.Context, authority Authority, app token.Containers, plan Plan) (*Result, error) {
	if plan.Container == "" {
		plan.Container = DefaultContainer
	}
	e := enrolment{authority, app, plan}
	c, issued, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	result, err := e.finish(ctx, c, issued)
	if err != nil {
		return nil, errors.Join(err, e.undo(ctx))
	}
	return result, nil
}

type enrolment struct {
	authority Authority
	app       token.Containers
	plan      Plan
}

// begin opens an empty container, or one whose enrolment was interrupted when
// its certificates were issued already: issued is then not nil.
func (e enrolment) begin(ctx context.Context) (c token.Container, issued *ca.Issued, err error) {
	c, err = e.app.OpenContainer(ctx, e.plan.Container)
	if errors.Is(err, fault.ContainerAbsent) {
		c, err = e.app.CreateContainer(ctx, e.plan.Container)
		return c, nil, err
	}
	if err != nil {
		return nil, nil, err
	}
	pub, der, err := holds(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	issued, err = e.authority.Issued(ctx, e.plan.ID)
	switch {
	case errors.Is(err, fault.CertNotFound):
		issued = nil
	case err != nil:
		return nil, nil, err
	}
	mine := issued != nil && pub != nil && issued.Signing.PublicKey.Equal(pub)
	switch {
	case der != nil && (!mine || !bytes.Equal(der, issued.Signing.Raw)):
		return nil, nil, fault.New(fault.ContainerExists, "container", e.plan.Container)
	case mine:
		return c, issued, nil
	}
	// A key for which nothing was issued, or a certificate for a key that is
	// gone: the interrupted run is undone, and this one begins anew.
	if err := e.undo(ctx); err != nil {
		return nil, nil, err
	}
	c, err = e.app.CreateContainer(ctx, e.plan.Container)
	return c, nil, err
}

// holds returns the public key and the certificate of the signing pair in c, nil
// where there is none.
func holds(ctx context.Context, c token.Container) (pub *ecdsa.PublicKey, der []byte, err error) {
	pub, err = c.ExportPublicKey(ctx, token.Signing)
	if err != nil && !errors.Is(err, fault.KeyAbsent) {
		return nil, nil, err
	}
	der, err = c.ExportCertificate(ctx, token.Signing)
	if err != nil && !errors.Is(err, fault.ContainerNoCertificate) {
		return nil, nil, err
	}
	return pub, der, nil
}

// finish takes an enrolment to its end.
func (e enrolment) finish(ctx context.Context, c token.Container, issued *ca.Issued) (*Result, error) {
	if issued == nil {
		csr, err := e.request(ctx, c)
		if err != nil {
			return nil, err
		}
		issued, err = e.authority.Issue(ctx, ca.Request{
			ID: e.plan.ID, Kind: e.plan.Kind, Subject: e.plan.Subject,
			CSR: csr, Years: e.plan.Years, Hardware: e.plan.Hardware,
		})
		if err != nil {
			return nil, err
		}
	}
	if err := install(ctx, c, issued); err != nil {
		return nil, err
	}
	tested, err := try(ctx, c, issued)
	if err != nil {
		return nil, err
	}
	return &Result{issued, tested}, nil
}

// request has the signing pair made and returns a request signed with it.
func (e enrolment) request(ctx context.Context, c token.Container) ([]byte, error) {
	pub, err := c.GenerateSigningKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	info, err := cert.CSRInfo(e.plan.Subject, pub)
	if err != nil {
		return nil, err
	}
	signature, err := c.SignDigest(ctx, sm2enc.Digest(pub, info))
	if err != nil {
		return nil, fmt.Errorf("sign request: %w", err)
	}
	return cert.AssembleCSR(info, signature)
}

// install writes what was issued into the container. The order is that of SKF
// libraries: a certificate follows its key.
func install(ctx context.Context, c token.Container, issued *ca.Issued) error {
	if err := c.ImportCertificate(ctx, token.Signing, issued.Signing.Raw); err != nil {
		return fmt.Errorf("install signing certificate: %w", err)
	}
	if issued.Encryption == nil {
		return nil
	}
	envelope, err := sm2enc.ParseEnvelopedKey(issued.EnvelopedKey)
	if err != nil {
		return fmt.Errorf("install encryption key: %w", err)
	}
	if err := c.ImportEncryptionKey(ctx, envelope); err != nil {
		return fmt.Errorf("install encryption key: %w", err)
	}
	if err := c.ImportCertificate(ctx, token.Encryption, issued.Encryption.Raw); err != nil {
		return fmt.Errorf("install encryption certificate: %w", err)
	}
	return nil
}

// undoTime is how long undoing may take, also when the caller has given up.
const undoTime = 15 * time.Second

// undo deletes the container and takes back what was issued for it.
func (e enrolment) undo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	err := e.app.DeleteContainer(ctx, e.plan.Container)
	if errors.Is(err, fault.ContainerAbsent) {
		err = nil
	}
	return errors.Join(err, e.authority.Withdraw(ctx, e.plan.ID, "the UKey could not be written"))
}

// try lets the keys in the container do what they are for. It reports false when
// the token does not let them because the first PIN stands.
func try(ctx context.Context, c token.Container, issued *ca.Issued) (tested bool, err error) {
	message := []byte("xinzhang: does this key work?")
	pub := issued.Signing.PublicKey
	value, err := c.SignDigest(ctx, sm2enc.Digest(pub, message))
	if errors.Is(err, fault.PINMustChange) {
		return false, nil
	}
	if err != nil {
		return false, fault.Wrap(fault.EnrolTestFailed, err, "use", token.Signing)
	}
	if !sm2enc.Verify(pub, message, value) {
		return false, fault.New(fault.EnrolTestFailed, "use", token.Signing)
	}
	if issued.Encryption == nil {
		return true, nil
	}
	plain, err := decrypted(ctx, c, issued.Encryption.PublicKey, message)
	if errors.Is(err, errCannot) {
		return true, nil
	}
	if err != nil || !bytes.Equal(plain, message) {
		return false, fault.Wrap(fault.EnrolTestFailed, err, "use", token.Encryption)
	}
	return true, nil
}

// errCannot: the container decrypts in no way that we know.
var errCannot = errors.New("the container does not decrypt")

// decrypted encrypts message to pub and has the container decrypt it, in the way it
// can: the session key comes out, or stays inside.
func decrypted(ctx context.Context, c token.Container, pub *ecdsa.PublicKey, message []byte) ([]byte, error) {
	switch d := c.(type) {
	case token.Decrypter:
		sealed, err := sm2enc.Encrypt(rand.Reader, pub, message)
		if err != nil {
			return nil, err
		}
		return d.Decrypt(ctx, sealed)
	case token.InsideDecrypter:
		var session, iv [16]byte
		_, _ = rand.Read(session[:]) // never fails
		_, _ = rand.Read(iv[:])
		wrapped, err := sm2enc.Encrypt(rand.Reader, pub, session[:])
		if err != nil {
			return nil, err
		}
		block, err := sm4.NewCipher(session[:])
		if err != nil {
			return nil, err
		}
		pad := sm4.BlockSize - len(message)%sm4.BlockSize
		text := append(bytes.Clone(message), bytes.Repeat([]byte{byte(pad)}, pad)...)
		cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(text, text)
		return d.DecryptInside(ctx, wrapped, iv, text)
	}
	return nil, errCannot
}
