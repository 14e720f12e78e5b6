package agent

import (
	"context"
	"crypto/rand"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
)

// EnvelopeParams ask for content to be encrypted. No key is used.
type EnvelopeParams struct {
	Recipients [][]byte `json:"recipients" doc:"DER of their encryption certificates" minItems:"1" maxItems:"100"`
	Content    []byte   `json:"content" doc:"at most 32 MiB"`
}

// Envelope is content that only its recipients can read.
type Envelope struct {
	Envelope []byte `json:"envelope" doc:"EnvelopedData of GB/T 35275, DER"`
}

// envelope encrypts for pages that have no SM2 and SM4 of their own. Whose the
// certificates are, the page must know.
func (s *Server) envelope(ctx context.Context, in *EnvelopeParams) (*Envelope, error) {
	if err := s.consent(ctx); err != nil {
		return nil, err
	}
	recipients := make([]*cert.Certificate, len(in.Recipients))
	for i, der := range in.Recipients {
		c, err := cert.Parse(der)
		if err != nil {
			return nil, err
		}
		recipients[i] = c
	}
	out, err := cms.Envelop(rand.Reader, in.Content, recipients)
	if err != nil {
		return nil, err
	}
	return &Envelope{out}, nil
}
