package ca

import (
	"bytes"
	"context"
	"encoding/pem"
	"os"
	"path/filepath"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
)

const crlSuffix = ".crl"

// publishTrust writes root.pem, the anchor, and sub.pem, which helps to build
// chains, into the trust folder where they are not there as they should be. It
// returns the files it wrote.
func (c *CA) publishTrust(ctx context.Context) (written []string, err error) {
	for _, name := range []string{Root, Sub} {
		own, err := c.ownCertificate(ctx, name)
		if err != nil {
			return written, err
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Raw})
		more, err := c.publish(filepath.Join(c.cfg.Home.Trust(), name+".pem"), text)
		written = append(written, more...)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// publishCRL writes the current CRL of an issuer, in DER.
func (c *CA) publishCRL(r CRLRecord) (written []string, err error) {
	return c.publish(filepath.Join(c.cfg.Home.CRL(), r.Issuer+crlSuffix), r.DER)
}

func (c *CA) publish(file string, data []byte) (written []string, err error) {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
		return nil, nil
	}
	if err := c.cfg.step("publish " + filepath.Base(file)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", file)
	}
	if err := durable.WriteFile(file, data, 0o644); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", file)
	}
	return []string{file}, nil
}
