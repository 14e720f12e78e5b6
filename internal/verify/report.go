package verify

import (
	"encoding/hex"
	"time"

	"xinzhang/internal/fault"
)

// A Verdict answers for a document, a signature or one check.
type Verdict string

// Verdicts. A document without a signature list is Unsigned; signatures and
// checks know only the other three.
const (
	Passed        Verdict = "passed"
	Indeterminate Verdict = "indeterminate"
	Failed        Verdict = "failed"
	Unsigned      Verdict = "unsigned"
)

// rank orders verdicts: failed beats indeterminate beats passed.
var rank = map[Verdict]int{Passed: 0, Indeterminate: 1, Failed: 2}

// worse returns the worse of two verdicts.
func worse(a, b Verdict) Verdict {
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// A Level is how a policy takes a finding. OK, Note and Warning leave the
// verdict at passed.
type Level string

// Levels from harmless to bad.
const (
	LevelOK            Level = "ok"
	LevelNote          Level = "note"
	LevelWarning       Level = "warning"
	LevelIndeterminate Level = "indeterminate"
	LevelFailed        Level = "failed"
)

func (l Level) verdict() Verdict {
	switch l {
	case LevelFailed:
		return Failed
	case LevelIndeterminate:
		return Indeterminate
	default:
		return Passed
	}
}

// A Report is everything known about one document, in one data set: the short
// answer, the ordered checks and the evidence are all read from it.
type Report struct {
	File       string            `json:"file"`
	Size       int64             `json:"size"`
	SM3        Hex               `json:"sm3"`
	Policy     string            `json:"policy"`
	At         time.Time         `json:"at"` // moment of judgement
	Verdict    Verdict           `json:"verdict"`
	Pages      int               `json:"pages"`
	Signatures []SignatureReport `json:"signatures"`
	Document   []Check           `json:"document"` // findings that belong to no one signature

	// Diagnostics is the name of the page with the diagnostic data, for a link
	// from the printable report; "" when there is none.
	Diagnostics string `json:"-"`

	Known *Knowledge `json:"-"` // nil unless [Options.Diagnose] asks
}

// Hex is octets written in JSON as lower-case hexadecimal.
type Hex []byte

// MarshalText writes h in hexadecimal.
func (h Hex) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// A Check is the answer to one question about a signature or a document.
type Check struct {
	Check   string     `json:"check"` // the question, as listed in docs/standards.md
	Code    fault.Code `json:"code"`  // the finding
	Verdict Verdict    `json:"verdict"`
	Level   Level      `json:"level"`
	Clause  string     `json:"clause,omitempty"`
	Args    fault.Args `json:"-"`

	// Worded by [Report.Word].
	Message string `json:"message"`
	Cause   string `json:"cause,omitempty"`
	Next    string `json:"next,omitempty"`
}

// A SignatureReport is the judgement on one entry of the signature list.
type SignatureReport struct {
	Number     int         `json:"number"` // from 1, in the order of the list
	ID         string      `json:"id"`
	Kind       Kind        `json:"kind"`
	Verdict    Verdict     `json:"verdict"`
	Signer     *CertInfo   `json:"signer,omitempty"`
	Seal       *SealInfo   `json:"seal,omitempty"`
	Time       *time.Time  `json:"time,omitempty"`
	TimeSource TimeSource  `json:"time_source,omitempty"`
	Places     []Place     `json:"places"`
	Protected  int         `json:"protected"` // files whose digests the signature lists
	Closing    bool        `json:"closing"`   // the signature list is protected: no further signature may follow
	Checks     []Check     `json:"checks"`
	Evidence   []*CertInfo `json:"evidence,omitempty"` // every certificate used, once, signer first

	Diagnosis *Diagnosis `json:"-"` // nil unless [Options.Diagnose] asks; it holds octets, and in these identity numbers
}

// Kind tells the forms of a signature apart.
type Kind string

// Kinds of signatures in a document.
const (
	KindSeal      Kind = "seal"      // seal signature of GB/T 38540 or GM/T 0031
	KindSignature Kind = "signature" // plain digital signature, GB/T 35275
	KindBare      Kind = "bare"      // SM2 signature without a certificate
	KindUnknown   Kind = "unknown"
)

// TimeSource tells where the time of signing is from.
type TimeSource string

// Sources of the time of signing.
const (
	TimeStamp TimeSource = "timestamp" // a time-stamp authority
	Clock     TimeSource = "clock"     // the signer's own clock
)

// CertInfo is a certificate in words, with identity numbers masked. The octets of
// the certificate, which hold the whole number, are not part of a report.
type CertInfo struct {
	Subject   string    `json:"subject"`
	Holder    string    `json:"holder"`
	Unit      string    `json:"unit,omitempty"`
	Role      string    `json:"role"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	IDNumber  string    `json:"id_number,omitempty"`
	SM3       Hex       `json:"sm3"`
}

// SealInfo is a seal in words, with its picture.
type SealInfo struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Version    int       `json:"version"`
	Type       int       `json:"type"`
	Kind       string    `json:"kind,omitempty"` // 公章, 手写签名, …
	CreateDate time.Time `json:"create_date"`
	ValidStart time.Time `json:"valid_start"`
	ValidEnd   time.Time `json:"valid_end"`
	Maker      *CertInfo `json:"maker,omitempty"`
	WidthMM    int       `json:"width_mm"`
	HeightMM   int       `json:"height_mm"`
	PicType    string    `json:"picture_type"`
	Picture    []byte    `json:"picture,omitempty"`
}

// A Place is where a signature shows: a page, from 1, and a box in millimetres
// from the page's top left corner.
type Place struct {
	Page          int     `json:"page"`
	X, Y          float64 `json:"-"`
	Width, Height float64 `json:"-"`
	Box           string  `json:"box"` // "x y w h"
	Clip          string  `json:"clip,omitempty"`
}

// Warnings counts the checks of level warning in the whole report.
func (r *Report) Warnings() int {
	n := 0
	count := func(checks []Check) {
		for _, c := range checks {
			if c.Level == LevelWarning {
				n++
			}
		}
	}
	count(r.Document)
	for _, s := range r.Signatures {
		count(s.Checks)
	}
	return n
}

// Word puts every check into words of lang and returns r.
func (r *Report) Word(lang fault.Lang) *Report {
	word(r.Document, lang)
	for i := range r.Signatures {
		word(r.Signatures[i].Checks, lang)
	}
	return r
}

func word(checks []Check, lang fault.Lang) {
	for i := range checks {
		c := &checks[i]
		t := c.Code.Text(lang, c.Args)
		c.Message, c.Cause, c.Next = t.Title, t.Cause, t.Next
	}
}

// finding is an answer before a policy has taken it.
type finding struct {
	check string
	code  fault.Code
	args  fault.Args
}

func found(check string, code fault.Code, kv ...any) finding {
	return finding{check, code, fault.New(code, kv...).Args}
}
