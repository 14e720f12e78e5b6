package agent_test

import (
	"testing"

	"xinzhang/internal/agent"
)

func TestAPageClosesAnEnvelopeThatItsRecipientsOpen(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	w.person = approves
	var c agent.Certificate
	if p := w.call("certificate", object{"purpose": "decrypt"}, &c); p.Code != "" {
		t.Fatalf("%s", p.Body)
	}
	var closed agent.Envelope
	if p := w.call("envelope", object{"recipients": [][]byte{c.Certificate}, "content": []byte("秘密")}, &closed); p.Code != "" {
		t.Fatalf("%s", p.Body)
	}
	var opened agent.Decrypted
	if p := w.call("decrypt", object{"operation": operation("open"), "envelope": closed.Envelope}, &opened); p.Code != "" || string(opened.Plaintext) != "秘密" {
		t.Errorf("%q %s", opened.Plaintext, p.Body)
	}
}

func TestAnEnvelopeIsForEncryptionCertificatesOnly(t *testing.T) {
	w := newWorld(t, nil)
	_, signing, _ := w.plug("person", pin, w.authority.Person)
	w.person = approves
	for code, recipients := range map[string][][]byte{
		"cms.recipient_unfit": {signing.Raw},
		"cert.broken":         {[]byte("not a certificate")},
		"request.invalid":     {},
	} {
		if p := w.call("envelope", object{"recipients": recipients, "content": []byte("x")}, nil); p.Code != code {
			t.Errorf("%d recipients: %s, want %s", len(recipients), p.Body, code)
		}
	}
}
