package agent

import (
	"time"

	"xinzhang/internal/keyring"
)

// ManagerTicket opens a session.
type ManagerTicket struct {
	Ticket string `json:"ticket" doc:"one-time, brought by xinzhang-agent open" minLength:"16" maxLength:"128"`
}

// ManagerSession says that the cookie was set.
type ManagerSession struct {
	Version  string   `json:"version"`
	Settings Settings `json:"settings"`
}

// ManagedKey is a Key as its holder sees it.
type ManagedKey struct {
	keyring.Key
	IDNumberMasked string              `json:"id_number_masked,omitempty"`
	CreditCode     string              `json:"credit_code,omitempty"`
	Tries          keyring.Tries       `json:"tries"`
	Signing        PlainCertificate    `json:"signing"`
	Encryption     *PlainCertificate   `json:"encryption,omitempty"`
	Container      string              `json:"container"`
	Application    string              `json:"application"`
	Files          []ManagedFile       `json:"files"`
	Hardware       ManagedDevice       `json:"hardware"`
	Purposes       []PurposeSuitedness `json:"purposes" doc:"login, sign, seal, decrypt: whether the key fits, and why not"`
}

// PurposeSuitedness says whether a key fits a purpose.
type PurposeSuitedness struct {
	Purpose keyring.Purpose `json:"purpose" enum:"login,sign,seal,decrypt"`
	Suited  bool            `json:"suited"`
	Reason  *keyring.Reason `json:"reason,omitempty"`
}

// ManagedFile is a file in a UKey.
type ManagedFile struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// ManagedDevice is a UKey.
type ManagedDevice struct {
	Name     string          `json:"name"`
	Label    string          `json:"label"`
	Kind     string          `json:"kind" enum:"soft,skf"`
	Serial   string          `json:"serial"`
	Vendor   string          `json:"vendor,omitempty"`
	Model    string          `json:"model,omitempty"`
	Version  string          `json:"version,omitempty"`
	Hardware bool            `json:"hardware" doc:"keys are held by a chip"`
	Total    int64           `json:"total,omitempty" doc:"octets of storage"`
	Free     int64           `json:"free,omitempty"`
	Problem  *keyring.Reason `json:"problem,omitempty" doc:"why no key of it can be used"`
}

// PlainCertificate is a certificate in plain words.
type PlainCertificate struct {
	Serial      string    `json:"serial" doc:"hex"`
	Subject     string    `json:"subject" doc:"whole name; ID numbers masked"`
	Issuer      string    `json:"issuer"`
	IssuerName  string    `json:"issuer_name" doc:"whole name"`
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	DaysLeft    int       `json:"days_left"`
	Fingerprint string    `json:"fingerprint" doc:"SM3 of the certificate, hex"`
	SHA1        string    `json:"sha1" doc:"what certificate viewers call the thumbprint"`
	Rows        []Row     `json:"rows" doc:"everything else, for a table"`
}

// Row is one line about a certificate.
type Row struct {
	Name  string `json:"name" doc:"usages, policies, identity, status source …"`
	Label string `json:"label" doc:"in the language asked for"`
	Value string `json:"value" doc:"ID numbers masked"`
	OID   string `json:"oid,omitempty"`
}

// IDNumber is the whole number.
type IDNumber struct {
	IDNumber string `json:"id_number"`
}

// CompareParams hold the number on record.
type CompareParams struct {
	Number string `json:"number" writeOnly:"true" minLength:"1" maxLength:"64"`
}

// Comparison says where two ID numbers differ.
type Comparison struct {
	Equal bool   `json:"equal"`
	Parts []Part `json:"parts"`
}

// Part is a part of an ID number.
type Part struct {
	From  int    `json:"from" doc:"first character, from 1"`
	To    int    `json:"to" doc:"last character"`
	Name  string `json:"name" enum:"region,birth,sequence,check,length"`
	Equal bool   `json:"equal"`
}

// PINParams hold a PIN to be verified.
type PINParams struct {
	Operation string `json:"operation" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	PIN       string `json:"pin" writeOnly:"true" maxLength:"64"`
	Last      bool   `json:"last,omitempty" doc:"I know that this is the last try"`
}

// PINResult says what the key counts now.
type PINResult struct {
	Tries keyring.Tries `json:"tries"`
}

// ChangePINParams hold the old and the new PIN.
type ChangePINParams struct {
	Operation string `json:"operation" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Old       string `json:"old" writeOnly:"true" maxLength:"64"`
	New       string `json:"new" writeOnly:"true" maxLength:"64"`
	Repeat    string `json:"repeat" doc:"the new PIN once more" writeOnly:"true" maxLength:"64"`
	Last      bool   `json:"last,omitempty" doc:"I know that this is the last try"`
}

// TestSignature is a signature over random octets that was checked with the
// certificate.
type TestSignature struct {
	Digest []byte        `json:"digest"`
	Value  []byte        `json:"value" doc:"DER SM2Signature"`
	Valid  bool          `json:"valid"`
	Tries  keyring.Tries `json:"tries"`
}

// Settings are what the user chose.
type Settings struct {
	Language   string `json:"language" enum:"auto,zh,en"`
	Theme      string `json:"theme" enum:"system,light,dark"`
	DigestOnly string `json:"digest_only" doc:"a digest without its document: ask in red, or refuse" enum:"ask,refuse"`
}

// Origins are who may call.
type Origins struct {
	Origins []AllowedOrigin `json:"origins"`
	List    *SystemsList    `json:"list,omitempty" doc:"the administrator's signed list"`
	Problem *Reason         `json:"problem,omitempty" doc:"why the signed list is not used"`
}

// AllowedOrigin is an origin that may call without being asked first.
type AllowedOrigin struct {
	Origin string     `json:"origin"`
	Source string     `json:"source" enum:"user,list"`
	System string     `json:"system,omitempty" doc:"name in the signed list"`
	Since  *time.Time `json:"since,omitempty"`
	Used   *time.Time `json:"used,omitempty"`
}

// SystemsList says whose list it is.
type SystemsList struct {
	Signer  string    `json:"signer"`
	Issued  time.Time `json:"issued"`
	Systems int       `json:"systems"`
}

// Reason is keyring.Reason.
type Reason = keyring.Reason

// SignedLog is what was done for whom, newest first.
type SignedLog struct {
	Entries []LogEntry `json:"entries"`
}

// LogEntry is one act. No PIN and no ID number stands in it.
type LogEntry struct {
	Time    time.Time `json:"time"`
	Origin  string    `json:"origin"`
	Purpose string    `json:"purpose"`
	Action  string    `json:"action,omitempty"`
	Title   string    `json:"title,omitempty"`
	Digest  string    `json:"digest,omitempty" doc:"e, hex"`
	Holder  string    `json:"holder,omitempty"`
	Key     string    `json:"key,omitempty" doc:"id"`
	Code    string    `json:"code" doc:"ok, or why it did not happen"`
}

// Status is for people who look for a fault.
type Status struct {
	Version string    `json:"version"`
	Port    int       `json:"port"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Window  string    `json:"window" doc:"how it asks" enum:"zenity,win32,page"`
	Home    string    `json:"home" doc:"data directory"`
	Keys    int       `json:"keys"`
	Pending int       `json:"pending" doc:"operations that wait"`
}
