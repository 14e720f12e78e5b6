package ca

import (
	"io"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certlint"
)

// LintWith makes f the judge of what is about to be signed.
func (c *Config) LintWith(f func(c, issuer *cert.Certificate, p *cert.Profile) []certlint.Finding) {
	c.lint = f
}

// StopAt makes f run between every two steps; an error of f stops there.
func (c *Config) StopAt(f func(step string) error) { c.step = f }

// DrawFrom makes serial numbers come from random.
func (c *Config) DrawFrom(random io.Reader) { c.random = random }

// EscrowName is the name under which the founding makes the escrow key.
const EscrowName = keyCentreEscrow
