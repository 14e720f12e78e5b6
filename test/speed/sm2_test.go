//go:build unix

package speed

import (
	"crypto/rand"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/sm2enc"
)

const batch = 1000

func BenchmarkSM2Sign(b *testing.B) {
	key, err := sm2.GenerateKey(rand.Reader)
	must(b, err)
	var e [32]byte
	compare(b, batch, "op", func() {
		for i := range batch {
			e[0], e[1] = byte(i), byte(i>>8)
			_, err := sm2.SignASN1(rand.Reader, key, e[:], nil)
			must(b, err)
		}
	}, func() {
		for i := range batch {
			e[0], e[1] = byte(i), byte(i>>8)
			sig, err := sm2enc.SignDigest(rand.Reader, key, e)
			must(b, err)
			_ = sig.Marshal()
		}
	})
}

func BenchmarkSM2Verify(b *testing.B) {
	key, err := sm2.GenerateKey(rand.Reader)
	must(b, err)
	message := []byte("示例案件材料")
	e := sm2enc.Digest(&key.PublicKey, message)
	value, err := sm2.SignASN1(rand.Reader, key, e[:], nil)
	must(b, err)
	compare(b, batch, "op", func() {
		for range batch {
			if !sm2.VerifyASN1WithSM2(&key.PublicKey, nil, message, value) {
				b.Fatal("does not hold")
			}
		}
	}, func() {
		for range batch {
			if !sm2enc.Verify(&key.PublicKey, message, value) {
				b.Fatal("does not hold")
			}
		}
	})
}
