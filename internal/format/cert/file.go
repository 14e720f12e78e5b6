package cert

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
)

// ParseFile reads the certificates of a file: PEM with one or more, one in DER,
// or one in base64 without a frame, as some pages hand it out. A file without
// any certificate is [fault.CertBroken].
func ParseFile(b []byte) ([]*Certificate, error) {
	if bytes.Contains(b, []byte("-----BEGIN ")) {
		return parsePEM(b)
	}
	if len(b) > 0 && b[0] != der.Sequence {
		text := strings.Join(strings.Fields(string(b)), "")
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			b = raw
		}
	}
	c, err := Parse(b)
	if err != nil {
		return nil, err
	}
	return []*Certificate{c}, nil
}

func parsePEM(b []byte) ([]*Certificate, error) {
	var all []*Certificate
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if !slices.Contains([]string{"CERTIFICATE", "X509 CERTIFICATE"}, block.Type) {
			continue
		}
		if len(all) == maxInFile {
			return nil, fault.New(fault.InputTooLarge, "what", "certificate file", "limit", maxInFile)
		}
		c, err := Parse(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of the file: %w", len(all)+1, err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fault.New(fault.CertBroken, "place", "PEM")
	}
	return all, nil
}
