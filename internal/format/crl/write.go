package crl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"

	"golang.org/x/crypto/cryptobyte"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/sm2enc"
)

// signatureSize is the usual length of a DER SM2Signature: half of all have it,
// a quarter each are an octet shorter or longer.
const signatureSize = 71

// mostTries bounds the signatures that are made until one has the usual length.
const mostTries = 64

// Write writes a signed list piece by piece, in memory that does not grow with
// it; the entries come from entries, and t.Entries is left aside. It is for
// lists of very many certificates: [Build] and [Assemble] are simpler.
//
// A list begins with its length, so entries is ranged over twice and must give
// the same both times, and the length of the signature is fixed beforehand: sign
// is given e = SM3(Z_A ‖ TBSCertList) and asked again, twice on average, until
// its DER SM2Signature has 71 octets. A key that signs without randomness cannot
// be used. After an error what stands in w is no list.
func Write(w io.Writer, t Template, entries iter.Seq2[Entry, error], sign func(e [32]byte) ([]byte, error)) error {
	if err := t.check(); err != nil {
		return fmt.Errorf("write CRL: %w", err)
	}
	if t.Issuer.PublicKey == nil {
		return errors.New("write CRL: the issuer has no SM2 key")
	}
	if err := t.write(w, entries, sign); err != nil {
		return fmt.Errorf("write CRL: %w", err)
	}
	return nil
}

func (t Template) write(w io.Writer, entries iter.Seq2[Entry, error], sign func(e [32]byte) ([]byte, error)) error {
	size, err := sizeOf(entries)
	if err != nil {
		return err
	}
	head, tail, err := t.ends()
	if err != nil {
		return err
	}
	body := len(head) + bodySize(size) + len(tail)
	if body >= 1<<31 {
		return errors.New("it would be longer than 2 GiB")
	}
	end, err := ending(make([]byte, signatureSize))
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if _, err := out.Write(appendHeader(nil, der.Sequence, headerSize(body)+body+len(end))); err != nil {
		return err
	}
	signed := sm2enc.NewDigest(t.Issuer.PublicKey)
	both := io.MultiWriter(out, signed)
	first := append(appendHeader(nil, der.Sequence, body), head...)
	if size > 0 {
		first = appendHeader(first, der.Sequence, size)
	}
	if _, err := both.Write(first); err != nil {
		return err
	}
	if err := writeEntries(both, entries, size); err != nil {
		return err
	}
	if _, err := both.Write(tail); err != nil {
		return err
	}
	signature, err := signUsual([32]byte(signed.Sum(nil)), sign)
	if err != nil {
		return err
	}
	if end, err = ending(signature); err != nil {
		return err
	}
	if _, err := out.Write(end); err != nil {
		return err
	}
	return out.Flush()
}

func sizeOf(entries iter.Seq2[Entry, error]) (size int, err error) {
	i := 0
	for e, err := range entries {
		if err != nil {
			return 0, err
		}
		n, err := e.size()
		if err != nil {
			return 0, fmt.Errorf("entry %d: %w", i, err)
		}
		size += n
		i++
	}
	return size, nil
}

func writeEntries(w io.Writer, entries iter.Seq2[Entry, error], size int) error {
	const piece = 32 << 10
	buf := make([]byte, 0, piece+256)
	for e, err := range entries {
		if err != nil {
			return err
		}
		n, err := e.size()
		if err != nil {
			return err
		}
		if size -= n; size < 0 {
			break
		}
		if buf = e.appendTo(buf); len(buf) >= piece {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	if size != 0 {
		return errors.New("the entries changed while they were written")
	}
	_, err := w.Write(buf)
	return err
}

// signUsual signs e until the signature has the usual length.
func signUsual(e [32]byte, sign func(e [32]byte) ([]byte, error)) ([]byte, error) {
	for range mostTries {
		signature, err := sign(e)
		if err != nil {
			return nil, err
		}
		if _, form, err := sm2enc.ParseSignature(signature); err != nil || form != sm2enc.DER {
			return nil, errors.New("the signature is not DER")
		}
		if len(signature) == signatureSize {
			return signature, nil
		}
	}
	return nil, fmt.Errorf("none of %d signatures had %d octets", mostTries, signatureSize)
}

// ending is what stands behind the signed part of a list.
func ending(signature []byte) ([]byte, error) {
	var b cryptobyte.Builder
	addAlgorithm(&b)
	b.AddASN1BitString(signature)
	return b.Bytes()
}
