package inspect_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/inspect"
	"xinzhang/test/corpus"
)

var issued = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// look is options for a moment ten days after everything was issued.
var look = inspect.Options{At: issued.AddDate(0, 0, 10)}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// inspected inspects b and returns its only item and the text in both languages.
func inspected(t testing.TB, b []byte, opt inspect.Options) (inspect.Item, string) {
	t.Helper()
	r, err := inspect.Bytes(b, opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Items) != 1 {
		t.Fatalf("%d items", len(r.Items))
	}
	return r.Items[0], text(t, r)
}

func text(t testing.TB, r *inspect.Report) string {
	t.Helper()
	var b strings.Builder
	for _, lang := range []fault.Lang{fault.ZH, fault.EN} {
		if err := inspect.Text(&b, r.Word(lang), lang); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func codes(item inspect.Item) []fault.Code {
	var all []fault.Code
	for _, f := range item.Findings {
		all = append(all, f.Code)
	}
	return all
}

func TestACertificateOfAPersonIsExplained(t *testing.T) {
	a := fixture.New(t, issued)
	item, text := inspected(t, a.Person(nil).Cert.Raw, look)
	c := item.Certificate
	if item.Kind != inspect.KindCertificate || c == nil {
		t.Fatalf("kind %q", item.Kind)
	}
	if c.Holder != "测试用户甲" || c.Unit != "示例监狱" || c.Department != "一监区" || c.Role != "person" {
		t.Errorf("got %+v", c.Brief)
	}
	if c.Period != inspect.InForce || c.DaysLeft != 354 || c.Signature != inspect.Unchecked || !c.MayLogIn {
		t.Errorf("period %s, %d days left, signature %s, may log in %t", c.Period, c.DaysLeft, c.Signature, c.MayLogIn)
	}
	for _, want := range []string{"机构个人", "数字签名、防抵赖", "签名、登录", "sign, log in", "身份证号", "9900**********0017", "..9900** | ******** | 0017"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, fixture.IDNumber) || strings.Contains(string(must(json.Marshal(item))), fixture.IDNumber) {
		t.Error("the identity number stands there whole")
	}
}

func TestTheIdentityNumberIsWholeOnlyOnRequest(t *testing.T) {
	a := fixture.New(t, issued)
	open := look
	open.RevealID = true
	_, text := inspected(t, a.Person(nil).Cert.Raw, open)
	for _, want := range []string{fixture.IDNumber, "..990000 | 19900101 | 0017"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

func TestAnIdentityNumberInANameIsMaskedToo(t *testing.T) {
	a := fixture.New(t, issued)
	p := must(cert.LookupProfile("person-sign"))
	p.IDNumberInName = true
	h := a.Person(func(tmpl *cert.Template) { tmpl.Profile, tmpl.Subject.Unit = p, tmpl.Subject.IDNumber })
	if !cert.ContainsIDNumber(h.Cert.Subject().String()) {
		t.Fatal("the certificate has no number in its name: the test tests nothing")
	}
	item, text := inspected(t, h.Cert.Raw, look)
	if strings.Contains(text+string(must(json.Marshal(item))), fixture.IDNumber) {
		t.Error("the number in the name stands there whole")
	}
	if !strings.Contains(item.Certificate.Subject, "9900**********0017") {
		t.Errorf("subject %q", item.Certificate.Subject)
	}
}

func TestAnOrganisationMayNotLogIn(t *testing.T) {
	a := fixture.New(t, issued)
	item, text := inspected(t, a.Organisation(nil).Cert.Raw, inspect.Options{At: issued.AddDate(2, 0, 0)})
	if c := item.Certificate; c.Role != "organisation" || c.MayLogIn || c.Period != inspect.Ended || c.DaysLeft != 0 {
		t.Errorf("got %+v", c)
	}
	for _, want := range []string{"盖章、不能登录", "may not log in", "统一社会信用代码", fixture.CreditCode, "Organizational（机构证书）", "已过期"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

func TestCertificatesOfOneFileAreCheckedWithEachOther(t *testing.T) {
	a, other := fixture.New(t, issued), fixture.New(t, issued)
	bundle := func(all ...*fixture.Holder) []byte {
		var b []byte
		for _, h := range all {
			b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Cert.Raw})...)
		}
		return b
	}
	signatures := func(b []byte) []inspect.Check {
		r, err := inspect.Bytes(b, look)
		if err != nil {
			t.Fatal(err)
		}
		var all []inspect.Check
		for _, i := range r.Items {
			all = append(all, i.Certificate.Signature)
		}
		return all
	}
	if got := signatures(bundle(a.Person(nil), a.Sub, a.Root)); !slices.Equal(got, []inspect.Check{inspect.Right, inspect.Right, inspect.Right}) {
		t.Errorf("a whole chain: %v", got)
	}
	person := a.Person(func(t *cert.Template) { t.Issuer = other.Sub.Cert }) // names the one, signed by the other
	if got := signatures(bundle(person, other.Sub)); !slices.Equal(got, []inspect.Check{inspect.Wrong, inspect.Unchecked}) {
		t.Errorf("another's signature: %v", got)
	}
}

func TestARevocationListIsExplained(t *testing.T) {
	a := fixture.New(t, issued)
	lost := issued.Add(-time.Hour)
	list := a.CRL(issued,
		crl.Entry{Serial: big.NewInt(0x1234), RevokedAt: issued, Reason: crl.KeyCompromise, InvalidityDate: lost},
		crl.Entry{Serial: big.NewInt(0x5678), RevokedAt: issued, Reason: crl.Hold})
	item, text := inspected(t, list.Raw, look)
	l := item.CRL
	if l == nil || l.Issuer != "示例签发证书" || l.Count != 2 || l.Period != inspect.Ended || l.Entries[0].Serial != "1234" {
		t.Fatalf("got %+v", l)
	}
	if l.Entries[0].InvalidityDate == nil || !l.Entries[0].InvalidityDate.Equal(lost) || l.Entries[1].Reason != "certificateHold" {
		t.Errorf("entries %+v", l.Entries)
	}
	for _, want := range []string{"密钥泄露或遗失", "起不可信", "not to be relied on since", "suspended", "应取新的"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

func TestARequestTellsWhetherTheKeyIsHeld(t *testing.T) {
	h := fixture.New(t, issued).Organisation(nil)
	info := must(cert.CSRInfo(cert.Subject{Country: "CN", CommonName: "示例监狱"}, &h.Key.PublicKey))
	sig := must(h.SignDigest(t.Context(), sm2enc.Digest(&h.Key.PublicKey, info)))
	item, _ := inspected(t, must(cert.AssembleCSR(info, sig)), look)
	if item.Kind != inspect.KindRequest || item.Request.Possession != inspect.Right || item.Request.Name != "示例监狱" || len(item.Findings) != 0 {
		t.Errorf("got %+v %v", item.Request, codes(item))
	}
	sig[len(sig)-1] ^= 1
	item, _ = inspected(t, must(cert.AssembleCSR(info, sig)), look)
	if item.Request.Possession != inspect.Wrong || !slices.Equal(codes(item), []fault.Code{fault.CSRSignature}) {
		t.Errorf("a changed request: %s %v", item.Request.Possession, codes(item))
	}
}

func TestMessagesAreExplained(t *testing.T) {
	a := fixture.New(t, issued)
	h := a.Person(nil)
	message := func(tmpl cms.Template) []byte {
		m := must(tmpl.Message())
		return must(tmpl.Assemble(must(h.SignDigest(t.Context(), sm2enc.Digest(&h.Key.PublicKey, m)))))
	}
	signed := cms.Template{Content: []byte("示例"), Signer: h.Cert, SigningTime: issued}
	item, text := inspected(t, message(signed), look)
	s := item.SignedData
	if s == nil || s.Detached || s.Octets != 6 || len(s.Signers) != 1 || s.Signers[0].Signature != inspect.Right || s.Signers[0].Certificate.Holder != "测试用户甲" {
		t.Fatalf("got %+v", s)
	}
	if s.Signers[0].SigningTime == nil || !strings.Contains(text, "签名数据（GB/T 35275）") {
		t.Errorf("time %v in:\n%s", s.Signers[0].SigningTime, text)
	}
	signed.Detached = true
	item, text = inspected(t, message(signed), look)
	if s := item.SignedData; !s.Detached || s.Signers[0].Signature != inspect.Unchecked || !strings.Contains(text, "原文不在消息里") {
		t.Errorf("a detached one: %+v", s)
	}
	enc := a.Organisation(func(tmpl *cert.Template) { tmpl.Profile = must(cert.LookupProfile("org-enc")) })
	item, _ = inspected(t, must(cms.Envelop(rand.Reader, []byte("secret"), []*cert.Certificate{enc.Cert})), look)
	if e := item.EnvelopedData; e == nil || e.Cipher != oid.SM4CBC || len(e.Recipients) != 1 || e.Recipients[0].Serial != enc.Cert.SerialHex() {
		t.Errorf("an envelope: %+v", e)
	}
}

func TestASealIsExplainedWithItsMaker(t *testing.T) {
	a := fixture.New(t, issued)
	h := a.Organisation(nil)
	seal := a.Seal(ses.OfficialSeal, nil, h)
	item, text := inspected(t, seal.Raw, look)
	s := item.Seal
	if s == nil || s.Version != 4 || s.Kind != "公章" || s.Signature != inspect.Right || len(s.Holders) != 1 || s.Picture.Width != 8 || s.Picture.Ending() != "png" {
		t.Fatalf("got %+v", s)
	}
	if !slices.Equal(codes(item), []fault.Code{fault.SealSignatureOK}) || !strings.Contains(text, "制章者的签名") {
		t.Errorf("findings %v", codes(item))
	}
	r := must(inspect.Bytes(seal.Raw, look))
	if pictures := r.Pictures(); len(pictures) != 1 || !bytes.Equal(pictures[0].Data, seal.Info.Picture.Data) {
		t.Error("the picture is not the seal's")
	}
	changed := bytes.Replace(seal.Raw, []byte("99000000000001"), []byte("99000000000002"), 1)
	if item, _ = inspected(t, changed, look); item.Seal.Signature != inspect.Wrong || codes(item)[0] != fault.SealSignature {
		t.Errorf("a changed seal: %s %v", item.Seal.Signature, codes(item))
	}
}

func TestASealSignatureIsExplained(t *testing.T) {
	a := fixture.New(t, issued)
	h, stranger := a.Organisation(nil), a.Organisation(nil)
	seal := a.Seal(ses.OfficialSeal, nil, h)
	sign := func(h *fixture.Holder) []byte {
		tbs := must(ses.TBSSign(seal.Raw, issued, [32]byte{1}, "/Doc_0/Signs/Sign_0/Signature.xml"))
		return must(ses.AssembleSignature(tbs, h.Cert.Raw, must(h.SignDigest(t.Context(), sm2enc.Digest(&h.Key.PublicKey, tbs)))))
	}
	item, text := inspected(t, sign(h), look)
	s := item.SealSignature
	if s == nil || s.Signature != inspect.Right || !s.Listed || s.PropertyInfo != "/Doc_0/Signs/Sign_0/Signature.xml" || s.Seal.Signature != inspect.Right {
		t.Fatalf("got %+v", s)
	}
	if !strings.Contains(text, "签署人的电脑时间") {
		t.Error("the text does not say whose clock it was")
	}
	item, _ = inspected(t, sign(stranger), look)
	if !slices.Contains(codes(item), fault.SealNotListed) || item.SealSignature.Listed {
		t.Errorf("a stranger's: %v", codes(item))
	}
}

func TestKeysAreRecognisedAndNotShown(t *testing.T) {
	key := must(sm2.GenerateKey(rand.Reader))
	encrypted := must(sm2enc.MarshalEncryptedKey(rand.Reader, key, []byte("passphrase"), 1000))
	item, text := inspected(t, pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: encrypted}), look)
	k := item.Key
	if item.Kind != inspect.KindEncryptedKey || k.Rounds != 1000 || k.PRF != oid.HMACSM3 || k.Cipher != oid.SM4CBC || k.Salt != 16 {
		t.Errorf("got %s %+v", item.Kind, k)
	}
	if !strings.Contains(text, "1000 轮") {
		t.Errorf("the text lacks the rounds:\n%s", text)
	}
	envelope := must(sm2enc.SealKey(rand.Reader, &key.PublicKey, must(sm2.GenerateKey(rand.Reader))))
	for name, b := range map[string][]byte{"SM2EnvelopedKey": envelope.Marshal(), "ENVELOPEDKEYBLOB": must(envelope.MarshalBlob())} {
		if item, _ := inspected(t, b, look); item.Kind != inspect.KindEnvelopedKey || !bytes.Equal(item.Key.KeyID, cert.KeyID(envelope.Public)) {
			t.Errorf("%s: %s %+v", name, item.Kind, item.Key)
		}
	}
	if item, _ = inspected(t, sm2enc.MarshalSPKI(&key.PublicKey), look); item.Kind != inspect.KindPublicKey || !item.Key.SM2 {
		t.Errorf("public key: %s", item.Kind)
	}
	c := must(sm2enc.Encrypt(rand.Reader, &key.PublicKey, []byte("x")))
	if item, _ = inspected(t, c.Marshal(), look); item.Kind != inspect.KindCiphertext {
		t.Errorf("ciphertext: %s", item.Kind)
	}
	sig := must(sm2.SignASN1(rand.Reader, key, make([]byte, 32), nil))
	if item, _ = inspected(t, sig, look); item.Kind != inspect.KindSignature {
		t.Errorf("signature: %s", item.Kind)
	}
}

// bareKey has the form of an unprotected SM2 key; its numbers are made up.
const bareKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgERERERERERERERER
ERERERERERERERERERERERERERGhRANCAASqqqqqqqqqqqqqqqqqqqqqqqqqqqqq
qqqqqqqqqqqqqru7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7
-----END PRIVATE KEY-----
`

func TestABarePrivateKeyIsWarnedOf(t *testing.T) {
	item, text := inspected(t, []byte(bareKey), look)
	if item.Kind != inspect.KindPrivateKey || !item.Key.SM2 || !slices.Equal(codes(item), []fault.Code{fault.KeyUnprotected}) {
		t.Errorf("got %s %+v %v", item.Kind, item.Key, codes(item))
	}
	if out := text + string(must(json.Marshal(item))); strings.Contains(out, "1111111111") || strings.Contains(out, "EREREREREREREREREREREREREREREREREREREREREQ") {
		t.Error("the key is shown")
	}
}

func TestADocumentIsListed(t *testing.T) {
	item, text := inspected(t, fixture.Document(t, 3), look)
	d := item.Document
	if item.Kind != inspect.KindDocument || len(d.Documents) != 1 || d.Documents[0].Pages != 3 || len(d.Signatures) != 0 {
		t.Fatalf("got %s %+v", item.Kind, d)
	}
	if size := d.Documents[0].Sizes; len(size) != 1 || size[0].Pages != 3 {
		t.Errorf("sizes %v", size)
	}
	for _, want := range []string{"A4（210 × 297 mm），3 页", "页面 3", "signatures          none"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

func TestAStrayFileIsNamed(t *testing.T) {
	pkg := fixture.Open(t, fixture.Document(t, 1))
	var b bytes.Buffer
	if err := ofd.Append(&b, pkg, map[string][]byte{"/Doc_0/smuggled.xml": []byte("<x/>")}); err != nil {
		t.Fatal(err)
	}
	item, text := inspected(t, b.Bytes(), look)
	if !slices.Equal(item.Document.Strays, []string{"/Doc_0/smuggled.xml"}) || !slices.Contains(codes(item), fault.DocStray) {
		t.Errorf("strays %v, findings %v", item.Document.Strays, codes(item))
	}
	if !strings.Contains(text, "smuggled.xml") {
		t.Error("the text does not name it")
	}
}

func TestAForeignIntegrityListIsChecked(t *testing.T) {
	original := corpus.File(t, "hello-integrity.ofd")
	item, _ := inspected(t, original, look)
	i := item.Document.Integrity
	if i == nil || i.Signature != inspect.Right || i.Files != 5 || i.Signer == nil || !slices.Contains(codes(item), fault.IntegrityOK) {
		t.Fatalf("got %+v %v", i, codes(item))
	}
	change := func(files map[string][]byte) inspect.Item {
		var b bytes.Buffer
		if err := ofd.Append(&b, fixture.Open(t, original), files); err != nil {
			t.Fatal(err)
		}
		item, _ := inspected(t, b.Bytes(), look)
		return item
	}
	item = change(map[string][]byte{"/Doc_0/added.xml": []byte("<x/>")})
	if i := item.Document.Integrity; !slices.Equal(i.Unlisted, []string{"/Doc_0/added.xml"}) || !slices.Contains(codes(item), fault.IntegrityUnlisted) {
		t.Errorf("a file added later: %+v %v", i, codes(item))
	}
	list := must(fixture.Open(t, original).Read("/OFDEntries.xml"))
	item = change(map[string][]byte{"/OFDEntries.xml": append(list, '\n')})
	if i := item.Document.Integrity; i.Signature != inspect.Wrong || !slices.Contains(codes(item), fault.IntegritySignature) {
		t.Errorf("a changed list: %+v %v", i, codes(item))
	}
	item = change(map[string][]byte{"/OFDEntries.xml": bytes.Replace(list, []byte("PublicRes.xml"), []byte("PublicXes.xml"), 1)})
	if i := item.Document.Integrity; len(i.Missing) != 1 || !slices.Contains(codes(item), fault.IntegrityMissing) {
		t.Errorf("a listed file that is absent: %+v %v", i, codes(item))
	}
}

func TestTheCorpusIsRecognised(t *testing.T) {
	tests := []struct {
		file  string
		kind  inspect.Kind
		codes []fault.Code // must be among the findings
		check func(inspect.Item) bool
	}{
		{"UserV1.esl", inspect.KindSeal, []fault.Code{fault.SealSignatureOK}, func(i inspect.Item) bool { return i.Seal.Version == 1 }},
		{"UserV4.esl", inspect.KindSeal, []fault.Code{fault.SealSignatureOK}, func(i inspect.Item) bool { return i.Seal.Version == 4 }},
		{"UserV5.esl", inspect.KindSeal, []fault.Code{fault.SealSignatureOK, fault.MakerNotValidAtV5}, func(i inspect.Item) bool { return i.Seal.Version == 5 }},
		{"nrcac-rootca.der", inspect.KindCertificate, nil, func(i inspect.Item) bool { return i.Certificate.CA && i.Certificate.Signature == inspect.Right }},
		{"szca-sm2-ca.der", inspect.KindCertificate, nil, func(i inspect.Item) bool { return i.Certificate.SM2 && i.Certificate.Signature == inspect.Unchecked }},
		{"sheca-sm2.der", inspect.KindCertificate, nil, func(i inspect.Item) bool { return i.Certificate.SM2 && i.Certificate.CA }},
		{"ofdrw-root.pem", inspect.KindCertificate, nil, func(i inspect.Item) bool { return i.Certificate.Signature == inspect.Right }},
		{"helloworld.ofd", inspect.KindDocument, nil, func(i inspect.Item) bool { return len(i.Document.Signatures) == 0 }},
		{"V4RideRight.ofd", inspect.KindDocument, []fault.Code{fault.DocDangling}, func(i inspect.Item) bool {
			s := i.Document.Signatures
			return len(s) == 1 && len(s[0].Places) == 5 && s[0].Places[4].Page == 5 && s[0].Seal != nil
		}},
		{"DigitalSign.ofd", inspect.KindDocument, nil, func(i inspect.Item) bool {
			s := i.Document.Signatures
			return len(s) == 1 && s[0].Type == "Sign" && s[0].Signer == nil
		}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			item, _ := inspected(t, corpus.File(t, test.file), look)
			if item.Kind != test.kind || !test.check(item) {
				t.Errorf("got %s: %s", item.Kind, must(json.Marshal(item)))
			}
			for _, want := range test.codes {
				if !slices.Contains(codes(item), want) {
					t.Errorf("findings %v lack %s", codes(item), want)
				}
			}
		})
	}
}

func TestWhatIsNothingWeKnowIsSaidSo(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 1<<20)
	for name, b := range map[string][]byte{
		"nothing": nil, "a letter": {'0'}, "text": []byte("hello"), "long text": long, "an empty sequence": {0x30, 0},
		"PEM of nothing": []byte("-----BEGIN X-----\n-----END X-----\n"), "half a PEM": []byte("-----BEGIN CERTIFICATE-----\nMII"),
		"zeros": make([]byte, 4096),
	} {
		if _, err := inspect.Bytes(b, look); fault.Of(err).Code != fault.FileUnknownKind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABrokenFileNamesThePlace(t *testing.T) {
	a := fixture.New(t, issued)
	h := a.Person(nil)
	for name, test := range map[string]struct {
		b    []byte
		code fault.Code
	}{
		"certificate": {bytes.Replace(h.Cert.Raw, h.Cert.RawSPKI, append([]byte{0x31}, h.Cert.RawSPKI[1:]...), 1), fault.CertBroken},
		"seal":        {bytes.Replace(a.Seal(ses.OfficialSeal, nil, h).Raw, []byte("20260601000000Z"), []byte("20261301000000Z"), 1), fault.SealBroken},
		"document":    {fixture.Document(t, 1)[:200], fault.DocNotOFD},
	} {
		_, err := inspect.Bytes(test.b, look)
		if got := fault.Of(err); got.Code != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACutFileIsSaidToBeCut(t *testing.T) {
	c := fixture.New(t, issued).Person(nil).Cert.Raw
	for name, b := range map[string][]byte{
		"DER": c[:300], "PEM": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c[:300]}),
	} {
		_, err := inspect.Bytes(b, look)
		if e := fault.Of(err); e.Code != fault.FileCut || e.Args["have"] != 300 || e.Args["want"] != len(c) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := inspect.Bytes([]byte("0 is a digit and no DER"), look); fault.Of(err).Code != fault.FileUnknownKind {
		t.Errorf("text: %v", err)
	}
}

func TestTextFromAFileDoesNotDriveTheTerminal(t *testing.T) {
	a := fixture.New(t, issued)
	h := a.Organisation(nil)
	raw := bytes.Replace(h.Cert.Raw, []byte("示例监狱"), []byte("\x1b[2J\u202eabcde"), -1)
	if bytes.Equal(raw, h.Cert.Raw) {
		t.Fatal("nothing was replaced: the test tests nothing")
	}
	_, text := inspected(t, raw, look)
	if strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("control characters reach the terminal: %q", text)
	}
}
