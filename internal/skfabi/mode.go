package skfabi

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
	"slices"

	"xinzhang/internal/format/skf"
)

const blockSize = 16 // of SM4

// A run is one encryption or decryption under way. It is a value that can be
// copied: a call works on a copy, which takes the place of the run when the
// caller had room for the result. So asking for a length changes nothing.
type run struct {
	block   cipher.Block
	alg     uint32
	decrypt bool
	padded  bool
	feed    int // octets fed back in CFB

	chain [blockSize]byte // the last ciphertext of CBC, the register of CFB and OFB
	rest  []byte          // that waits for the rest of its block
	pad   [blockSize]byte // what CFB and OFB add to the octets of a segment
	used  int             // octets of pad that are used; a whole segment at the start
}

// newRun refuses parameters without meaning. A feedback of one bit is refused in
// every mode: it is what a structure looks like whose ULONG has 8 octets.
func newRun(block cipher.Block, alg uint32, p skf.BlockParam, decrypt bool) (*run, error) {
	r := &run{block: block, alg: alg, decrypt: decrypt, padded: p.Padding == skf.PKCS5, feed: blockSize}
	if p.FeedBits == 1 {
		return nil, skf.InvalidParam
	}
	if alg != skf.SM4ECB {
		if len(p.IV) != blockSize {
			return nil, skf.InvalidParam
		}
		copy(r.chain[:], p.IV)
	}
	if p.FeedBits != 0 && (alg == skf.SM4CFB || alg == skf.SM4OFB) {
		r.feed = int(p.FeedBits / 8)
		if p.FeedBits%8 != 0 || r.feed > blockSize || alg == skf.SM4OFB && r.feed != blockSize {
			return nil, skf.InvalidParam
		}
	}
	r.used = r.feed
	return r, nil
}

func (r *run) clone() *run {
	c := *r
	c.rest = bytes.Clone(r.rest)
	return &c
}

// whole reports whether only whole blocks are worked on.
func (r *run) whole() bool { return r.padded || r.alg == skf.SM4ECB || r.alg == skf.SM4CBC }

// update takes in and gives what is ready. The last block of a padded
// ciphertext is never ready.
func (r *run) update(in []byte) []byte {
	if !r.whole() {
		return r.through(in)
	}
	data := slices.Concat(r.rest, in)
	ready := len(data) / blockSize * blockSize
	if r.decrypt && r.padded && ready == len(data) && ready > 0 {
		ready -= blockSize
	}
	r.rest = data[ready:]
	return r.through(data[:ready])
}

// final gives the last octets.
func (r *run) final() ([]byte, error) {
	if !r.padded {
		if len(r.rest) != 0 {
			return nil, skf.InDataLenErr
		}
		return nil, nil
	}
	if !r.decrypt {
		n := blockSize - len(r.rest)
		return r.through(append(r.rest, bytes.Repeat([]byte{byte(n)}, n)...)), nil
	}
	if len(r.rest) != blockSize {
		return nil, skf.InDataLenErr
	}
	plain := r.through(r.rest)
	n := int(plain[blockSize-1])
	if n < 1 || n > blockSize || !bytes.Equal(plain[blockSize-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, skf.DecryptPadErr
	}
	return plain[:blockSize-n], nil
}

// through runs data, whole blocks in ECB and CBC, through the cipher.
func (r *run) through(data []byte) []byte {
	out := make([]byte, len(data))
	if r.alg == skf.SM4CFB || r.alg == skf.SM4OFB {
		for i, octet := range data {
			out[i] = r.octet(octet)
		}
		return out
	}
	for i := 0; i < len(data); i += blockSize {
		r.one(out[i:i+blockSize], data[i:i+blockSize])
	}
	return out
}

// one runs a block through ECB or CBC.
func (r *run) one(dst, src []byte) {
	switch {
	case r.alg == skf.SM4ECB && r.decrypt:
		r.block.Decrypt(dst, src)
	case r.alg == skf.SM4ECB:
		r.block.Encrypt(dst, src)
	case r.decrypt:
		r.block.Decrypt(dst, src)
		subtle.XORBytes(dst, dst, r.chain[:])
		copy(r.chain[:], src)
	default:
		subtle.XORBytes(r.chain[:], r.chain[:], src)
		r.block.Encrypt(r.chain[:], r.chain[:])
		copy(dst, r.chain[:])
	}
}

// octet runs one octet through CFB or OFB.
func (r *run) octet(in byte) byte {
	if r.used == r.feed {
		r.block.Encrypt(r.pad[:], r.chain[:])
		if r.alg == skf.SM4OFB {
			r.chain = r.pad
		} else {
			copy(r.chain[:], r.chain[r.feed:]) // and the segment follows below
		}
		r.used = 0
	}
	out := in ^ r.pad[r.used]
	if r.alg == skf.SM4CFB {
		fed := out
		if r.decrypt {
			fed = in
		}
		r.chain[blockSize-r.feed+r.used] = fed
	}
	r.used++
	return out
}
