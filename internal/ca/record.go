package ca

import (
	"context"
	"errors"
	"time"
)

// A State says where a serial number stands. A serial number has exactly one
// record, from before anything is signed with it and for good.
type State string

// The states of a certificate.
const (
	// Recorded 已登记: the content is fixed, nothing has been signed.
	Recorded State = "recorded"
	// Signing 签发中: a signature may exist by now. A program that finds this
	// state at its start can never know, so it makes the number Revoked.
	Signing State = "signing"
	// Valid 有效, until NotAfter.
	Valid State = "valid"
	// Held 挂起: suspended, may become Valid or Revoked.
	Held State = "held"
	// Revoked 已吊销, for good. Without DER: void while it was being signed.
	Revoked State = "revoked"
	// Retired 作废: nothing was ever signed under this number.
	Retired State = "retired"
)

// A Half says which certificate of a dual issuance a record is.
type Half string

// The halves of a pair, and a certificate that has no other half.
const (
	SigningHalf    Half = "signing"
	EncryptionHalf Half = "encryption"
	Single         Half = "single"
)

// The two issuers of an authority.
const (
	Root = "root"
	Sub  = "sub"
)

// A Record is what the register holds about one serial number. Times are UTC,
// zero when the thing has not happened.
type Record struct {
	Serial       string // lower-case hexadecimal, whole octets
	Issuer       string // Root or Sub
	Request      string
	Profile      string
	Half         Half
	Pair         string // serial number of the other half; empty for Single
	Holder       string // common name
	Organisation string
	NotBefore    time.Time
	NotAfter     time.Time
	TBS          []byte // what was, or would have been, signed
	DER          []byte // the certificate; nil before it is signed

	State      State
	Reason     int // CRLReason of RFC 5280, of a revoked certificate
	RecordedAt time.Time
	SignedAt   time.Time
	HeldAt     time.Time // of a certificate that is suspended now
	RevokedAt  time.Time
	// InvalidSince is from when on the key of a revoked certificate must not be
	// relied on, when that is before RevokedAt (invalidityDate, RFC 5280 5.3.2).
	InvalidSince time.Time
	Note         string // why the state is what it is, in words
}

// revokedFrom is the first moment at which a revoked certificate did not count.
func (r Record) revokedFrom() time.Time {
	if !r.InvalidSince.IsZero() && r.InvalidSince.Before(r.RevokedAt) {
		return r.InvalidSince
	}
	return r.RevokedAt
}

// A Revocation is what is recorded of a certificate that is revoked.
type Revocation struct {
	Reason int       // CRLReason of RFC 5280
	At     time.Time // now
	Since  time.Time // see [Record].InvalidSince; zero: from At on
	Note   string
}

// A Hold is one time during which a certificate was suspended.
type Hold struct {
	Serial  string
	HeldAt  time.Time
	EndedAt time.Time // zero: it still is
	EndedBy string    // "restored", "revoked" or ""
	Note    string
}

// A RequestState says how far a request has come.
type RequestState string

// The states of a request.
const (
	RequestOpen      RequestState = "open"
	RequestDone      RequestState = "done"
	RequestRefused   RequestState = "refused"   // the check before signing found fault
	RequestAbandoned RequestState = "abandoned" // interrupted; may be submitted again
)

// A RequestRecord remembers what a request identifier stands for.
type RequestRecord struct {
	ID      string
	Digest  string // of the whole content, so that one identifier means one content
	Dual    bool
	State   RequestState
	Attempt int // from 1; grows each time the request is submitted after a failure

	// The certificates of this attempt; empty before they are recorded.
	SigningSerial    string // of the only certificate, too
	EncryptionSerial string
	EnvelopedKey     []byte // DER SM2EnvelopedKey, once done

	KeyDuty  KeyDuty
	OpenedAt time.Time
	ClosedAt time.Time
	Note     string
}

// An End is how and why a request ends without certificates.
type End struct {
	State  RequestState // RequestRefused or RequestAbandoned
	Reason int          // CRLReason for what is or may be signed
	Note   string
	At     time.Time
}

// A KeyDuty is what the key centre still has to be told about a request.
type KeyDuty string

// Duties. They are recorded together with the change that causes them, and
// cleared when the key centre has answered.
const (
	NoDuty      KeyDuty = ""
	ReleaseDuty KeyDuty = "release" // nothing was recorded for the key
	ArchiveDuty KeyDuty = "archive" // a certificate names the key and is not valid
)

// A CRLRecord is what the register holds about one CRL. Number counts from 1 for
// each issuer; a number that was taken is never taken again.
type CRLRecord struct {
	Issuer                 string
	Number                 int64
	Digest                 string // hexadecimal e that is signed
	Entries                int
	ThisUpdate, NextUpdate time.Time
	DER                    []byte
}

// Errors that a [Store] returns.
var (
	ErrNotFound = errors.New("ca: no such record")
	ErrTaken    = errors.New("ca: the number is taken")
	ErrConflict = errors.New("ca: the record is in another state")
)

// A Store is the memory of the authority. Each method is one transaction, and
// what it has written is durable on return.
type Store interface {
	Founding
	Requests
	Certificates
	CRLs
}

// Founding remembers that and how the authority was founded.
type Founding interface {
	// StartSetup records spec; ErrTaken when there is one.
	StartSetup(ctx context.Context, spec string, at time.Time) error
	// Setup returns what was recorded; ErrNotFound when nothing was.
	Setup(ctx context.Context) (spec string, done bool, err error)
	// FinishSetup marks the founding as done.
	FinishSetup(ctx context.Context, at time.Time) error
	// DropSetup forgets an unfinished founding for which nothing was recorded.
	DropSetup(ctx context.Context) error
}

// Requests remembers requests and the certificates recorded for them.
type Requests interface {
	// OpenRequest records r as open, or returns the record of r.ID as it is. One
	// that was refused or abandoned, and has no KeyDuty, is opened again as the
	// next attempt, with the content of r.
	OpenRequest(ctx context.Context, r RequestRecord) (RequestRecord, error)
	// Request returns the record of a request or ErrNotFound.
	Request(ctx context.Context, id string) (RequestRecord, error)
	// RecordCertificates records the certificates of an open request which has
	// none. ErrTaken: a serial number is in use, and nothing was recorded.
	RecordCertificates(ctx context.Context, request string, records []Record) error
	// FinishRequest closes an open request as done.
	FinishRequest(ctx context.Context, id string, envelopedKey []byte, at time.Time) error
	// AbandonRequest closes an open or done request as end says: its recorded
	// certificates are retired, those that are or may be signed are revoked with
	// end.Reason, and the key centre's duty is recorded.
	AbandonRequest(ctx context.Context, id string, end End) error
	// Unsettled returns the requests that are open or have a KeyDuty, oldest
	// first.
	Unsettled(ctx context.Context) ([]RequestRecord, error)
	// ClearDuty forgets the duty of a request.
	ClearDuty(ctx context.Context, id string) error
}

// A Filter chooses records. Empty fields choose all.
type Filter struct {
	Text   string // part of holder or organisation, or beginning of the serial number
	State  State
	Issued bool // leave out what was never signed
	Limit  int  // 0: 1000
}

// Certificates remembers certificates and their states.
type Certificates interface {
	// StartSigning takes a certificate from Recorded to Signing.
	StartSigning(ctx context.Context, serial string) error
	// StoreCertificate takes a certificate from Signing to Valid.
	StoreCertificate(ctx context.Context, serial string, der []byte, at time.Time) error
	// Certificate returns one record or ErrNotFound.
	Certificate(ctx context.Context, serial string) (Record, error)
	// List returns records, newest first.
	List(ctx context.Context, f Filter) ([]Record, error)
	// Tally counts the records in each state.
	Tally(ctx context.Context) (map[State]int, error)
	// Holds returns the suspensions of a certificate in order of time.
	Holds(ctx context.Context, serial string) ([]Hold, error)

	// Revoke revokes those of serials that are Valid or Held, ends their holds
	// and records the duty to archive the encryption key. It returns how many it
	// revoked.
	Revoke(ctx context.Context, serials []string, r Revocation) (int, error)
	// Suspend takes those of serials that are Valid to Held.
	Suspend(ctx context.Context, serials []string, note string, at time.Time) (int, error)
	// Restore takes those of serials that are Held to Valid.
	Restore(ctx context.Context, serials []string, note string, at time.Time) (int, error)
}

// CRLs remembers revocation lists.
type CRLs interface {
	// Listed returns what belongs on a CRL of issuer, in order of serial number:
	// the records that are Held or Revoked, without TBS and DER.
	Listed(ctx context.Context, issuer string) ([]Record, error)
	// LastCRLNumber returns the highest number taken, 0 for none.
	LastCRLNumber(ctx context.Context, issuer string) (int64, error)
	// RecordCRL takes c.Number; ErrTaken when somebody has it.
	RecordCRL(ctx context.Context, c CRLRecord) error
	// StoreCRL stores the signed CRL of a number that is recorded.
	StoreCRL(ctx context.Context, issuer string, number int64, der []byte) error
	// LatestCRL returns the stored CRL with the highest number or ErrNotFound.
	LatestCRL(ctx context.Context, issuer string) (CRLRecord, error)
	// RetireCRLs gives up the numbers that are recorded and not stored, and
	// returns them.
	RetireCRLs(ctx context.Context) ([]CRLRecord, error)
}
