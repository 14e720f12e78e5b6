package inspect

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
)

// plain inspects everything that is no zip package.
func (in inspector) plain(b []byte) (Encoding, []Item, error) {
	if bytes.Contains(b, []byte("-----BEGIN ")) {
		items, err := in.pem(b)
		return PEM, items, err
	}
	encoding := DER
	if raw, ok := decodeBase64(b); ok {
		encoding, b = Base64, raw
	}
	kind := detect(b)
	if kind == KindEnvelopedKey && b[0] != der.Sequence {
		encoding = Packed
	}
	item, err := in.item(kind, b)
	return encoding, []Item{item}, err
}

// decodeBase64 reads base64 without a frame, as some pages hand certificates out.
func decodeBase64(b []byte) ([]byte, bool) {
	if len(b) < 16 || b[0] != 'M' { // 0x30 as the first octet
		return nil, false
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(b)), ""))
	return raw, err == nil
}

func (in inspector) pem(b []byte) ([]Item, error) {
	var items []Item
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if len(items) == maxItems {
			return nil, fault.New(fault.InputTooLarge, "what", "PEM", "limit", maxItems)
		}
		if strings.HasSuffix(block.Type, "PARAMETERS") { // OpenSSL puts the curve before a key
			continue
		}
		if block.Headers["DEK-Info"] != "" {
			items = append(items, Item{Kind: KindEncryptedKey, Key: &Key{Legacy: block.Headers["DEK-Info"]}})
			continue
		}
		item, err := in.item(detect(block.Bytes), block.Bytes)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return nil, errUnknown()
	}
	in.linkIssuers(items)
	return items, nil
}

// unknown says that b is nothing we know, or that its end is missing: DER states
// its own length.
func unknown(b []byte) error {
	if len(b) < 6 || b[0] != der.Sequence || b[1] < 0x81 || b[1] > 0x84 {
		return errUnknown()
	}
	n, length := int(b[1]&0x7F), 0
	for _, o := range b[2 : 2+n] {
		length = length<<8 | int(o)
	}
	if want := 2 + n + length; want > len(b) && want > 0 && want <= maxPlain {
		return fault.New(fault.FileCut, "file", "", "want", want, "have", len(b))
	}
	return errUnknown()
}

// item inspects b as what it was detected to be.
func (in inspector) item(kind Kind, b []byte) (Item, error) {
	read := map[Kind]func([]byte) (Item, error){
		KindCertificate: in.certificate, KindCRL: in.crl, KindRequest: in.request,
		KindSignedData: in.signedData, KindEnvelopedData: in.envelopedData, KindOtherMessage: in.otherMessage,
		KindSeal: in.seal, KindSealSignature: in.sealSignature,
		KindEncryptedKey: in.encryptedKey, KindPrivateKey: in.privateKey, KindPublicKey: in.publicKey,
		KindEnvelopedKey: in.envelopedKey, KindSignature: in.signature, KindCiphertext: in.ciphertext,
		KindPKCS12: in.pkcs12,
	}[kind]
	if read == nil {
		return Item{}, unknown(b)
	}
	item, err := read(b)
	item.Kind = kind
	return item, err
}

// detect says from the outline alone what b is, "" when nothing fits. What is
// inside may be broken: the reader of that kind then names the place.
func detect(b []byte) Kind {
	switch ses.Detect(b) {
	case ses.KindSealV1, ses.KindSealV4, ses.KindSealV5:
		return KindSeal
	case ses.KindSignatureV1, ses.KindSignatureV4, ses.KindSignatureV5:
		return KindSealSignature
	case ses.KindCMS:
		return detectMessage(b)
	case ses.KindBareSM2:
		return KindSignature
	}
	if len(b) >= sm2enc.BlobSize && bytes.HasPrefix(b, []byte{1, 0, 0, 0, 1, 4, 0, 0}) { // Version 1, SGD_SM4_ECB
		return KindEnvelopedKey
	}
	v, _, err := der.Parse(b)
	if err != nil || v.Tag != der.Sequence {
		return ""
	}
	kids, err := v.Children()
	if err != nil {
		return ""
	}
	return detectSequence(kids)
}

// detectSequence tells structures apart by the tags of their members.
func detectSequence(kids []der.Value) Kind {
	switch outline(kids) {
	case "SSB", "SSBC": // a trailer has been seen behind a certificate
		return detectSigned(kids[0])
	case "SO":
		return KindEncryptedKey
	case "SB":
		return KindPublicKey
	case "ISO", "ISOC", "ISOCC", "IOC", "IOCC", "IO":
		return KindPrivateKey
	case "SSBB":
		return KindEnvelopedKey
	case "IIOO":
		return KindCiphertext
	case "ISS", "IS":
		return KindPKCS12
	}
	return ""
}

// outline writes the tags of members as letters.
func outline(kids []der.Value) string {
	if len(kids) > 8 {
		return ""
	}
	letters := map[byte]byte{
		der.Sequence: 'S', der.Integer: 'I', der.BitString: 'B', der.OctetString: 'O', der.OID: 'D',
		der.Set: 'M', der.UTCTime: 'T', der.GeneralizedTime: 'T',
	}
	var b strings.Builder
	for _, k := range kids {
		switch l, ok := letters[k.Tag]; {
		case ok:
			b.WriteByte(l)
		case k.Tag&0xC0 == 0x80:
			b.WriteByte('C') // context
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// detectSigned tells certificate, revocation list and request apart by what was
// signed.
func detectSigned(tbs der.Value) Kind {
	kids, err := tbs.Children()
	if err != nil || len(kids) < 3 {
		return KindCertificate // the reader names the place
	}
	form := outline(kids[:min(len(kids), 8)])
	switch {
	case strings.HasPrefix(form, "ISST"), strings.HasPrefix(form, "SST"):
		return KindCRL
	case form == "ISS", form == "ISSC":
		return KindRequest
	}
	return KindCertificate
}

func detectMessage(b []byte) Kind {
	v, _, err := der.Parse(b)
	if err != nil {
		return ""
	}
	content, _, err := der.Parse(v.Content)
	if err != nil {
		return ""
	}
	id, err := content.ObjectIdentifier()
	if err != nil {
		return ""
	}
	switch id {
	case oid.SignedData, oid.PKCS7SignedData:
		return KindSignedData
	case oid.EnvelopedData, oid.PKCS7EnvelopedData:
		return KindEnvelopedData
	}
	return KindOtherMessage
}
