package agent_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/login"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/internal/trust"
)

type object = map[string]any

func signCall(op string, doc object) object {
	return object{"operation": operation(op), "action": "签字", "purpose": "sign", "format": "raw", "document": doc}
}

func textDoc(s string) object {
	return object{"title": "关于减刑的建议书", "type": "text", "data": base64.StdEncoding.EncodeToString([]byte(s))}
}

func TestAPersonLogsInToTheSiteTheBrowserNamed(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	w.person = approves
	v := &login.Verifier{Origins: []string{page}, Trust: func() (*trust.Set, error) {
		return w.authority.Trust(w.authority.CRL(time.Now().Add(-time.Minute))), nil
	},
		Nonces: login.NewNonces(time.Now), Now: time.Now}
	nonce, _ := v.Nonces.Issue()
	var got agent.Login
	if p := w.call("login", object{"operation": operation("login"), "nonce": nonce}, &got); p.Code != "" {
		t.Fatalf("%s", p.Body)
	}
	person, err := v.Verify(got.Token, page, nonce)
	if err != nil || person.Holder != "测试用户甲" {
		t.Errorf("%+v %v", person, err)
	}
}

func TestFormatsOfASignatureVerify(t *testing.T) {
	w := newWorld(t, nil)
	id, c, _ := w.plug("person", pin, w.authority.Person)
	w.person = approves
	content := []byte("同意")
	for _, format := range []string{"raw", "cms", "cms-detached", "szca"} {
		in := signCall("sign"+format, textDoc(string(content)))
		in["format"] = format
		var got agent.Signed
		if p := w.call("sign", in, &got); p.Code != "" {
			t.Fatalf("%s: %s", format, p.Body)
		}
		if got.Key.ID != id || !bytes.Equal(got.Certificate, c.Raw) {
			t.Errorf("%s: signed by another key", format)
		}
		if format == "raw" {
			if !sm2enc.Verify(c.PublicKey, content, got.Value) {
				t.Error("raw: wrong value")
			}
			continue
		}
		sd, err := cms.Parse(got.Value)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sd.Verify(0, content, c); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if (sd.Content == nil) != (format == "cms-detached") {
			t.Errorf("%s: content %q", format, sd.Content)
		}
		if format == "szca" && (len(sd.Signers[0].Attrs) != 0 || len(sd.RawCertificates) != 1 || sd.ContentType != oid.SignedData || sd.InnerType != oid.Data) {
			t.Errorf("szca: %d attributes, %d certificates, %s of %s", len(sd.Signers[0].Attrs), len(sd.RawCertificates), sd.ContentType, sd.InnerType)
		}
		var facts agent.Verified
		w.must2(w.call("verify", object{"message": got.Value, "content": content}, &facts))
		if !facts.Valid || !bytes.Equal(facts.Certificate, c.Raw) {
			t.Errorf("%s: verify says %+v", format, facts)
		}
	}
}

func (w *world) must2(p problem) {
	w.t.Helper()
	if p.Code != "" {
		w.t.Fatalf("%s", p.Body)
	}
}

func TestASealSignatureIsShownAsItIsAndOnlyItsHolderSigns(t *testing.T) {
	w := newWorld(t, nil)
	_, c, _ := w.plug("person", pin, w.authority.Person)
	seal := w.authority.Seal(ses.Handwritten, nil, &fixture.Holder{Cert: c})
	other := w.authority.Seal(ses.Handwritten, nil, w.authority.Person(nil))
	tbs := func(s *ses.Seal) []byte {
		b, err := ses.TBSSign(s.Raw, time.Now(), sha256.Sum256([]byte("Signature.xml")), "/Doc_0/Signs/Sign_0/Signature.xml")
		w.must(err)
		return b
	}
	var asked prompt.Question
	w.person = func(w *world, q prompt.Question) map[string]any { asked = q; return approves(w, q) }
	doc := func(b []byte) object { return object{"title": "建议书", "type": "ofd", "page": 12, "to_sign": b} }
	var got agent.Signed
	message := tbs(seal)
	w.must2(w.call("sign", signCall("tbs", doc(message)), &got))
	if !sm2enc.Verify(c.PublicKey, message, got.Value) {
		t.Error("not TBS_Sign was signed")
	}
	if s := asked.Documents[0].Seal; s == nil || s.Name != "测试用户甲" || s.Property != "/Doc_0/Signs/Sign_0/Signature.xml" || s.DataHash == "" {
		t.Errorf("shown: %+v", s)
	}
	if p := w.call("sign", signCall("tbs-other", doc(tbs(other))), nil); p.Code != "sign.not_in_seal" {
		t.Errorf("with a seal of another: %s", p.Code)
	}
	if p := w.call("sign", signCall("tbs-broken", doc([]byte{0x30, 3, 1, 2, 3})), nil); p.Code != "agent.document_unfit" {
		t.Errorf("broken: %s", p.Code)
	}
}

func TestABatchIsOnePINAndStopsAtTheFirstRefusal(t *testing.T) {
	w := newWorld(t, nil)
	_, c, _ := w.plug("person", pin, w.authority.Person)
	w.person = approves
	var docs []object
	for i := range 50 {
		docs = append(docs, textDoc(strings.Repeat("x", i+1)))
	}
	in := object{"operation": operation("batch"), "action": "批准", "purpose": "sign", "format": "raw", "documents": docs}
	var got agent.Batch
	w.must2(w.call("batch", in, &got))
	if len(got.Results) != 50 || got.Stopped != nil || w.opened() != 1 {
		t.Fatalf("%d results, stopped %v, %d windows", len(got.Results), got.Stopped, w.opened())
	}
	for i, r := range got.Results {
		if !sm2enc.Verify(c.PublicKey, []byte(strings.Repeat("x", i+1)), r.Value) {
			t.Errorf("signature %d is wrong", i)
		}
	}
	// A wrong PIN spends one try for all fifty.
	wrong := true
	w.person = func(w *world, q prompt.Question) map[string]any {
		if wrong {
			wrong = false
			return object{"approve": true, "key": q.Selected, "pin": "111222"}
		}
		return object{"approve": false}
	}
	in["operation"] = operation("batch-wrong")
	if p := w.call("batch", in, nil); p.Code != "user.refused" || w.left("person") != 9 {
		t.Errorf("%s, %d tries left", p.Code, w.left("person"))
	}
}

func TestWhatCannotBeShownIsMarkedOrRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	var asked prompt.Question
	w.person = func(w *world, q prompt.Question) map[string]any { asked = q; return approves(w, q) }
	digest := make([]byte, 32)
	_, _ = rand.Read(digest)
	doc := object{"title": "摘要", "type": "data", "digest": digest}
	w.must2(w.call("sign", signCall("digest", doc), nil))
	if !asked.Documents[0].OnlyHash {
		t.Error("a bare digest is not marked")
	}
	session := w.manager()
	w.must2(w.do("PUT", "/v1/manager/settings", object{"language": "auto", "theme": "system", "digest_only": "refuse"}, nil, session))
	if p := w.call("sign", signCall("digest2", doc), nil); p.Code != "agent.digest_only" {
		t.Errorf("%s", p.Code)
	}
	for name, bad := range map[string]object{
		"two contents":  {"title": "t", "type": "data", "digest": digest, "data": digest},
		"no content":    {"title": "t", "type": "data"},
		"short digest":  {"title": "t", "type": "data", "digest": digest[:31]},
		"script":        {"title": "t", "type": "data", "data": digest, "picture": "javascript:alert(1)"},
		"page as image": {"title": "t", "type": "data", "data": digest, "picture": "data:text/html;base64,AAAA"},
	} {
		if p := w.call("sign", signCall("bad"+strings.ReplaceAll(name, " ", ""), bad), nil); p.Code != "agent.document_unfit" {
			t.Errorf("%s: %d %s", name, p.Status, p.Body)
		}
	}
}

func TestAnEnvelopeOpensForItsRecipientOnly(t *testing.T) {
	w := newWorld(t, nil)
	_, _, encryption := w.plug("person", pin, w.authority.Person)
	_, _, other := w.plug("organisation", pin, w.authority.Organisation)
	w.person = approves
	envelop := func(c *cert.Certificate) []byte {
		b, err := cms.Envelop(rand.Reader, []byte("机密"), []*cert.Certificate{c})
		w.must(err)
		return b
	}
	for _, c := range []*cert.Certificate{encryption, other} {
		var got agent.Decrypted
		w.must2(w.call("decrypt", object{"operation": operation("open" + c.SerialHex()[:4]), "envelope": envelop(c)}, &got))
		if string(got.Plaintext) != "机密" {
			t.Errorf("%q", got.Plaintext)
		}
	}
	key, stranger := softtest.UKey(t, t.TempDir(), "stranger", pin, w.authority.Person)
	if p := w.call("decrypt", object{"operation": operation("stranger"), "envelope": envelop(stranger)}, nil); p.Code != "agent.no_key_fits" {
		t.Errorf("%s %s", p.Code, key.Holder())
	}
}

func TestUnsuitedKeysAreShownWithTheReason(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("organisation", pin, w.authority.Organisation)
	w.person = approves
	var got agent.Keys
	w.must2(w.call("keys", object{"purpose": "login"}, &got))
	if len(got.Keys) != 1 || got.Keys[0].Suited || got.Keys[0].Reason.Code != "key.purpose_login_organisation" {
		t.Errorf("%+v", got.Keys)
	}
	if p := w.call("login", object{"operation": operation("org"), "nonce": strings.Repeat("A", 44)}, nil); p.Code != "key.purpose_login_organisation" {
		t.Errorf("%s", p.Code)
	}
	if b, err := os.ReadFile(filepath.Join(w.home.Agent(), "signed.jsonl")); err != nil || strings.Contains(string(b), pin) {
		t.Errorf("log: %v %s", err, b)
	}
}

func TestWithoutAUKeyThePageIsTold(t *testing.T) {
	w := newWorld(t, nil)
	w.person = approves
	if p := w.call("sign", signCall("nokey", textDoc("x")), nil); p.Code != "agent.no_key" {
		t.Errorf("%s", p.Code)
	}
	if w.opened() != 0 {
		t.Error("a window was opened for nothing")
	}
}

func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	w.person = approves
	var first, second agent.Signed
	w.must2(w.call("sign", signCall("once", textDoc("x")), &first))
	w.must2(w.call("sign", signCall("once", textDoc("x")), &second))
	if !bytes.Equal(first.Value, second.Value) || w.opened() != 1 {
		t.Error("signed twice")
	}
	if p := w.call("sign", signCall("once", textDoc("y")), nil); p.Code != "agent.operation_reused" {
		t.Errorf("%s", p.Code)
	}
}

func TestCancelEndsWhatWaits(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	done := make(chan problem)
	go func() { done <- w.call("sign", signCall("wait", textDoc("x")), nil) }()
	for w.opened() == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	w.must2(w.call("cancel", object{"operation": operation("wait")}, nil))
	if p := <-done; p.Code != "operation.cancelled" {
		t.Errorf("%s", p.Code)
	}
}

// `xinzhang-agent origins revoke` is another program: what it takes out of the file
// must not live on in the agent that runs.
func TestAnOriginThatAnotherProgramRevokesIsAskedForAgain(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	asked := 0
	w.person = func(w *world, q prompt.Question) object {
		if q.AskOrigin {
			asked++
		}
		answer := approves(w, q)
		answer["remember"] = true
		return answer
	}
	sign := func(op string) {
		t.Helper()
		if p := w.call("sign", signCall(op, textDoc("同意")), nil); p.Code != "" {
			t.Fatalf("%s: %s", op, p.Body)
		}
	}
	sign("first")
	sign("second")
	other, err := systems.Open(systems.Config{Origins: w.home.Agent() + "/origins.json", Now: time.Now})
	w.must(err)
	w.must(other.Revoke(page))
	sign("third")
	if asked != 2 {
		t.Errorf("the person was asked about the origin %d times, want 2", asked)
	}
}
