package agent

import (
	"time"

	"xinzhang/internal/keyring"
	"xinzhang/internal/login"
)

// APIVersion is the major version of the page API.
const APIVersion = 1

// HelloParams begin a conversation.
type HelloParams struct {
	SDK string `json:"sdk" doc:"version of the SDK" maxLength:"64"`
	API int    `json:"api" doc:"major version of this API that the page speaks" minimum:"1" maximum:"1000"`
}

// Hello says who is there.
type Hello struct {
	Product string   `json:"product" enum:"xinzhang-agent"`
	Version string   `json:"version"`
	API     int      `json:"api"`
	Allowed bool     `json:"allowed" doc:"this origin may call without asking the person first"`
	Methods []string `json:"methods"`
}

// KeysParams ask for the keys.
type KeysParams struct {
	Purpose keyring.Purpose `json:"purpose" enum:"login,sign,seal,decrypt"`
}

// Keys are the keys that are plugged in.
type Keys struct {
	Keys []keyring.Key `json:"keys" doc:"unsuited ones too, with the reason"`
}

// CertificateParams ask for a certificate.
type CertificateParams struct {
	Purpose keyring.Purpose `json:"purpose" enum:"login,sign,seal,decrypt"`
	Key     string          `json:"key,omitempty" doc:"id of a key; absent: the one that fits, or the person chooses" pattern:"^[0-9a-f]{64}$"`
}

// Certificate is a certificate with its chain.
type Certificate struct {
	Key         keyring.Key `json:"key"`
	Certificate []byte      `json:"certificate" doc:"DER; of the encryption pair when purpose is decrypt"`
	Chain       [][]byte    `json:"chain" doc:"DER of the issuers that are at hand, upwards"`
}

// LoginParams ask for a login token.
type LoginParams struct {
	Operation string `json:"operation" doc:"made by the caller, once" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Nonce     string `json:"nonce" doc:"base64 text as the server gave it" minLength:"44" maxLength:"256"`
	Key       string `json:"key,omitempty" pattern:"^[0-9a-f]{64}$"`
	System    string `json:"system,omitempty" doc:"name of the system in the page's words; shown, not trusted" maxLength:"64"`
}

// Login is a login token.
type Login struct {
	Token login.Token `json:"token"`
}

func (r *Login) octets() int { return len(r.Token.Certificate) + len(r.Token.Signature) }

// A Document is a thing to be signed. One of to_sign, data and digest is there.
type Document struct {
	Title   string `json:"title" minLength:"1" maxLength:"256"`
	Type    string `json:"type" enum:"ofd,pdf,text,data"`
	Pages   int    `json:"pages,omitempty" minimum:"0" maximum:"100000"`
	Page    int    `json:"page,omitempty" doc:"where the signature stands, from 1" minimum:"0" maximum:"100000"`
	Size    int64  `json:"size,omitempty" doc:"octets" minimum:"0"`
	Picture string `json:"picture,omitempty" doc:"data URI of PNG, JPEG or SVG" maxLength:"4194304"`
	Place   string `json:"place,omitempty" maxLength:"128"`
	ToSign  []byte `json:"to_sign,omitempty" doc:"DER TBS_Sign of a seal signature; the agent computes e itself"`
	Data    []byte `json:"data,omitempty" doc:"what is signed, at most 32 MiB"`
	Digest  []byte `json:"digest,omitempty" doc:"e, 32 octets: there is nothing to show, and policy may refuse it"`
}

// SignParams ask for one signature.
type SignParams struct {
	Operation string          `json:"operation" doc:"made by the caller, once" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Action    string          `json:"action" doc:"word on the button: 签字, 签章, 批准" minLength:"1" maxLength:"16"`
	Purpose   keyring.Purpose `json:"purpose" enum:"sign,seal"`
	Key       string          `json:"key,omitempty" pattern:"^[0-9a-f]{64}$"`
	Document  Document        `json:"document"`
	Format    Format          `json:"format" enum:"raw,cms,cms-detached,szca"`
}

// A Format is the form of a signature.
type Format string

// Formats.
const (
	Raw         Format = "raw"          // DER SM2Signature
	CMS         Format = "cms"          // GB/T 35275, content attached
	CMSDetached Format = "cms-detached" // the same, content left out
	SZCA        Format = "szca"         // attached, no signed attributes, signer's certificate only
)

// Signed is a signature.
type Signed struct {
	Value       []byte      `json:"value" doc:"in the format asked for"`
	Certificate []byte      `json:"certificate" doc:"DER"`
	Key         keyring.Key `json:"key"`
	Digest      []byte      `json:"digest" doc:"e that was signed"`
}

func (r *Signed) octets() int { return len(r.Value) + len(r.Certificate) }

// BatchParams ask for several signatures under one PIN.
type BatchParams struct {
	Operation string          `json:"operation" doc:"made by the caller, once" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Action    string          `json:"action" minLength:"1" maxLength:"16"`
	Purpose   keyring.Purpose `json:"purpose" enum:"sign,seal"`
	Key       string          `json:"key,omitempty" pattern:"^[0-9a-f]{64}$"`
	Documents []Document      `json:"documents" minItems:"1" maxItems:"500"`
	Format    Format          `json:"format" enum:"raw,cms,cms-detached,szca"`
}

// Batch is what became of each document.
type Batch struct {
	Results     []BatchResult `json:"results" doc:"in the order of the documents: signed, or left out by the person (user.left_out); those that were not reached are missing"`
	Certificate []byte        `json:"certificate,omitempty" doc:"DER"`
	Key         *keyring.Key  `json:"key,omitempty"`
	Stopped     *Stopped      `json:"stopped,omitempty" doc:"why not all were signed"`
}

func (r *Batch) octets() int {
	n := len(r.Certificate)
	for _, one := range r.Results {
		n += len(one.Value)
	}
	return n
}

// BatchResult is a signature or the reason why there is none.
type BatchResult struct {
	Index  int             `json:"index" doc:"of the document, from 0"`
	Value  []byte          `json:"value,omitempty"`
	Digest []byte          `json:"digest,omitempty" doc:"e that was signed"`
	Error  *keyring.Reason `json:"error,omitempty"`
}

// Stopped says where a batch ended.
type Stopped struct {
	Index  int            `json:"index" doc:"of the first document that was not signed"`
	Reason keyring.Reason `json:"reason"`
}

// DecryptParams ask for the content of an envelope.
type DecryptParams struct {
	Operation string `json:"operation" doc:"made by the caller, once" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Key       string `json:"key,omitempty" pattern:"^[0-9a-f]{64}$"`
	Envelope  []byte `json:"envelope" doc:"EnvelopedData of GB/T 35275, DER"`
}

// Decrypted is the content of an envelope.
type Decrypted struct {
	Plaintext []byte `json:"plaintext"`
}

func (r *Decrypted) octets() int { return len(r.Plaintext) }

// VerifyParams ask what a signature says. No key is used.
type VerifyParams struct {
	Message     []byte `json:"message" doc:"SignedData (DER), or an SM2Signature with certificate beside it"`
	Content     []byte `json:"content,omitempty" doc:"what was signed, when it is not in message"`
	Certificate []byte `json:"certificate,omitempty" doc:"DER; for an SM2Signature"`
}

// Verified are facts about a signature: arithmetic only, no trust, no status.
type Verified struct {
	Valid       bool       `json:"valid" doc:"the value fits content and certificate"`
	Certificate []byte     `json:"certificate,omitempty" doc:"DER of the signer's"`
	Content     []byte     `json:"content,omitempty"`
	SigningTime *time.Time `json:"signing_time,omitempty" doc:"by the signer's clock"`
}

// CancelParams end an operation that waits for the person.
type CancelParams struct {
	Operation string `json:"operation" pattern:"^[A-Za-z0-9_-]{16,64}$"`
}

// Cancelled is empty.
type Cancelled struct{}

// Health says whether an agent is there, to anybody.
type Health struct {
	Product     string `json:"product" enum:"xinzhang-agent"`
	Version     string `json:"version"`
	API         int    `json:"api"`
	UserMatches bool   `json:"user_matches" doc:"the caller's process belongs to the user of the agent"`
}
