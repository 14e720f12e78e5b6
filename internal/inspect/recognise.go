package inspect

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// Kinds of files that are told from others and not explained.
const (
	KindEmpty   Kind = "empty"
	KindPDF     Kind = "pdf"
	KindArchive Kind = "zip"    // without OFD.xml: also Word and Excel of today
	KindOffice  Kind = "office" // Word and Excel of old
	KindPicture Kind = "picture"
	KindWebPage Kind = "web_page"
	KindText    Kind = "text"
	KindBundle  Kind = "certificate_bundle" // signed data that nobody signed, as in .p7b
)

// Foreign reports whether k is a kind of file that this package cannot read.
func (k Kind) Foreign() bool {
	switch k {
	case KindEmpty, KindPDF, KindArchive, KindOffice, KindPicture, KindWebPage, KindText:
		return true
	}
	return false
}

// Recognise says of what kinds the things in a file are, each once, from their
// outlines alone: what is inside may be broken. It is for those who wanted another
// kind. Nothing is what nothing fits.
func Recognise(r io.ReaderAt, size int64) []Kind {
	if size == 0 {
		return []Kind{KindEmpty}
	}
	b := make([]byte, min(size, maxPlain))
	n, err := r.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	b = b[:n]
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		if _, err := ofd.Open(r, size, ofd.DefaultLimits()); errors.Is(err, fault.DocNotOFD) {
			return []Kind{KindArchive}
		}
		return []Kind{KindDocument}
	}
	if kinds := ownKinds(b); len(kinds) > 0 {
		return kinds
	}
	return foreignKind(b)
}

func ownKinds(b []byte) []Kind {
	if !bytes.Contains(b, []byte("-----BEGIN ")) {
		if raw, ok := decodeBase64(b); ok {
			b = raw
		}
		return known(recogniseOne(b))
	}
	var kinds []Kind
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		k := recogniseOne(block.Bytes)
		if block.Headers["DEK-Info"] != "" {
			k = KindEncryptedKey
		}
		if k != "" && !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func recogniseOne(b []byte) Kind {
	kind := detect(b)
	if kind == KindSignedData {
		if item, err := (inspector{}).signedData(b); err == nil && len(item.SignedData.Signers) == 0 {
			return KindBundle
		}
	}
	return kind
}

func known(k Kind) []Kind {
	if k == "" {
		return nil
	}
	return []Kind{k}
}

// foreignKind goes by the first octets, as browsers do. Text that was to be PEM or
// base64 is no letter: its reader says what is wrong with it.
func foreignKind(b []byte) []Kind {
	if bytes.HasPrefix(b, []byte("\xD0\xCF\x11\xE0")) {
		return []Kind{KindOffice}
	}
	kind := http.DetectContentType(b)
	for _, of := range []struct {
		prefix string
		kind   Kind
	}{
		{"application/pdf", KindPDF}, {"image/", KindPicture}, {"text/html", KindWebPage}, {"text/", KindText},
	} {
		if strings.HasPrefix(kind, of.prefix) {
			if of.kind == KindText && encoded(b) {
				return nil
			}
			return []Kind{of.kind}
		}
	}
	return nil
}

func encoded(text []byte) bool {
	other := func(r rune) bool {
		return r > 0x7F || !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n", r)
	}
	return bytes.Contains(text, []byte("-----BEGIN ")) || len(text) > 64 && bytes.IndexFunc(text, other) < 0
}

var kindNames = map[Kind][2]string{
	KindCertificate: {"证书", "a certificate"}, KindCRL: {"证书吊销列表（CRL）", "a certificate revocation list (CRL)"},
	KindRequest: {"证书申请（CSR）", "a certificate request (CSR)"}, KindBundle: {"证书包（P7B）", "a bundle of certificates (P7B)"},
	KindSignedData: {"签名数据", "a signed message"}, KindEnvelopedData: {"数字信封", "an enveloped message"},
	KindOtherMessage: {"密码消息", "a cryptographic message"}, KindSeal: {"电子印章", "an electronic seal"},
	KindSealSignature: {"电子签章数据", "a seal signature value"}, KindDocument: {"OFD 文档", "an OFD document"},
	KindEncryptedKey: {"加密的私钥文件", "an encrypted private key"}, KindPrivateKey: {"未加密的私钥", "a private key without protection"},
	KindPublicKey: {"公钥", "a public key"}, KindEnvelopedKey: {"加密密钥的数字信封", "an enveloped encryption key"},
	KindSignature: {"SM2 签名值", "a bare SM2 signature"}, KindCiphertext: {"SM2 密文", "an SM2 ciphertext"},
	KindPKCS12: {"PKCS#12 文件（PFX）", "a PKCS #12 file (PFX)"}, KindEmpty: {"空文件（0 字节）", "an empty file (0 bytes)"},
	KindPDF: {"PDF 文件", "a PDF file"}, KindArchive: {"ZIP 压缩包或 Word、Excel 等文档", "a zip archive, or a document of Word, Excel or the like"},
	KindOffice: {"旧版 Office 文档", "a document of an older Office"}, KindPicture: {"图片", "a picture"},
	KindWebPage: {"网页", "a web page"}, KindText: {"文本文件", "a text file"},
}

// Words names k for people.
func (k Kind) Words(lang fault.Lang) string {
	names := kindNames[k]
	if lang == fault.EN {
		return names[1]
	}
	return names[0]
}
