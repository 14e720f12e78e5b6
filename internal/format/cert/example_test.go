package cert_test

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
)

// A root certificate is its own issuer: the signed part is made first, then the
// key signs it, then both are joined.
func Example() {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	profile, err := cert.LookupProfile("root")
	if err != nil {
		fmt.Println(err)
		return
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tbs, err := cert.Template{
		Profile:   profile,
		Subject:   cert.Subject{Country: "CN", Organisation: "示例机构", CommonName: "示例根 CA"},
		Serial:    new(big.Int).SetBytes([]byte("sixteen octets.!")),
		NotBefore: from,
		NotAfter:  profile.NotAfter(from),
		PublicKey: &key.PublicKey,
	}.TBS()
	if err != nil {
		fmt.Println(err)
		return
	}
	sig, err := sm2enc.SignDigest(rand.Reader, key, sm2enc.Digest(&key.PublicKey, tbs))
	if err != nil {
		fmt.Println(err)
		return
	}
	der, err := cert.Assemble(tbs, sig.Marshal())
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := cert.Parse(der)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Subject(), c.SelfSigned(), c.NotAfter.Format(time.DateOnly))
	// Output: CN=示例根 CA,O=示例机构,C=CN true 2045-12-31
}

func ExampleMaskIDNumber() {
	fmt.Println(cert.MaskIDNumber("990000199001011239"))
	// Output: 9900**********1239
}

// The extension holds one string; the rows are the viewer's.
func ExampleViewerRows() {
	for _, row := range cert.ViewerRows([]byte("\x0C\x12990000199001011239")) {
		fmt.Println(row)
	}
	// Output:
	// ..990000
	// 19900101
	// 1239
}
