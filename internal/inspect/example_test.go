package inspect_test

import (
	"fmt"
	"time"

	"xinzhang/internal/inspect"
)

// What a file is, is told by its content.
func ExampleBytes() {
	r, err := inspect.Bytes([]byte(examplePEM), inspect.Options{At: time.Now()})
	if err != nil {
		fmt.Println(err)
		return
	}
	item := r.Items[0]
	fmt.Println(r.Encoding, item.Kind, item.Key.SM2)
	// Output: PEM public_key true
}

const examplePEM = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEMsSuLB8ZgRlfmQRGajnJlI/jC7/y
ZgvhcVpFiTNMdMe8Nzai9PZ3nFm9zuNraSFT0KmHfMYqR0AC3zLlITnwoA==
-----END PUBLIC KEY-----
`
