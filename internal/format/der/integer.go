package der

import (
	"bytes"
	"math/big"
)

// SameNumber compares the content octets of two INTEGERs that should be positive, as
// serial numbers are. Writers leave out the leading 00 of one that begins with a set
// bit, or pad it with more of the sign than it needs: neither may hide a revocation
// or part a signature from its certificate.
func SameNumber(a, b []byte) bool {
	return bytes.Equal(bytes.TrimLeft(a, "\x00"), bytes.TrimLeft(b, "\x00")) || bytes.Equal(shortest(a), shortest(b))
}

// shortest leaves out the octets that only repeat the sign.
func shortest(b []byte) []byte {
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xFF && b[1] >= 0x80) {
		b = b[1:]
	}
	return b
}

// IntegerOctets returns the content octets of the INTEGER n.
func IntegerOctets(n *big.Int) []byte {
	if n.Sign() >= 0 {
		return append([]byte{0}, n.Bytes()...)
	}
	size := n.BitLen()/8 + 1
	return new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size))).Bytes()
}
