package verify

import (
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/trust"
)

// A Diagnosis is what a technician wants to see of one signature beyond the
// report: what stood where, what was compared with what, and the octets.
type Diagnosis struct {
	Path      string // part names in the package
	ValuePath string
	SealPath  string // "" without a separate Seal.esl

	Provider     string // what Signature.xml says of itself, as written
	Method       string
	CheckMethod  string
	DateTime     string
	PropertyInfo string // of the seal signature

	FileSM3 Hex // of Signature.xml as it stands in the package
	Signed  Hex // the digest of it that the signed bytes hold
	Value   Hex // SignedValue.dat

	Digests      []DigestFact
	Certificates []CertFact
	Times        []TimeFact
	Deviations   []string // from the standards, each with its place, in English
}

// A DigestFact compares one protected file with what Signature.xml says of it.
type DigestFact struct {
	Path    string
	Stated  Hex
	Found   Hex // nil: the file is missing or cannot be read
	Matches bool
}

// A CertFact is a certificate of a path and what is known of it.
type CertFact struct {
	Use    string // "signer", "maker": whose path it belongs to
	Info   *CertInfo
	Raw    Hex
	Anchor bool // trusted by the reader
	Status trust.Status
	Asked  bool // false: nobody above it could be asked
}

// A TimeFact is a moment that stands in the signature, and who says so.
type TimeFact struct {
	What      string // "signature_xml", "signed", "stamp", "seal_stamp"
	At        time.Time
	Authority string // of a time stamp
	Flaw      string // why a time stamp does not stand for the value
	Trusted   bool   // a time stamp of an authority that the reader trusts
}

// Knowledge is what the reader trusted and knew, whatever the document holds.
type Knowledge struct {
	Anchors []*CertInfo
	Lists   []ListFact
}

// A ListFact is a revocation list at hand.
type ListFact struct {
	Issuer                 string
	Number                 string // "" without one
	ThisUpdate, NextUpdate time.Time
	Entries                int
	SM3                    Hex
}

func knowledge(set *trust.Set) *Knowledge {
	k := new(Knowledge)
	for _, c := range set.Anchors {
		k.Anchors = append(k.Anchors, certInfo(c))
	}
	for _, l := range set.CRLs {
		sum := sm3.Sum(l.Raw)
		f := ListFact{Issuer: l.Issuer().String(), ThisUpdate: l.ThisUpdate, NextUpdate: l.NextUpdate, Entries: l.Count, SM3: sum[:]}
		if l.Number != nil {
			f.Number = l.Number.String()
		}
		k.Lists = append(k.Lists, f)
	}
	return k
}

// diagnose lays the facts of s open.
func (s *signatureFacts) diagnose(doc *documentFacts) *Diagnosis {
	d := &Diagnosis{Path: s.item.Path, FileSM3: s.fileHash[:], Value: s.value, Deviations: s.deviations}
	if s.file != nil {
		d.ValuePath, d.SealPath = s.file.SignedValuePath, s.file.SealPath
		d.Provider = s.file.ProviderName + " " + s.file.ProviderVersion + " " + s.file.Company
		d.Method, d.CheckMethod, d.DateTime = s.file.Method, s.file.CheckMethod, s.file.DateTime
		if at := fileTime(s.file.DateTime); !at.IsZero() {
			d.Times = append(d.Times, TimeFact{What: "signature_xml", At: at})
		}
	}
	switch {
	case s.seal != nil:
		d.Signed, d.PropertyInfo = s.seal.DataHash, s.seal.PropertyInfo
		d.Times = append(d.Times, TimeFact{What: "signed", At: s.seal.Time})
		d.Deviations = append(d.Deviations, s.seal.Seal.Deviations...)
	case s.cms != nil:
		d.Signed = s.cms.Content
		if !s.time.IsZero() {
			d.Times = append(d.Times, TimeFact{What: "signed", At: s.time})
		}
	}
	d.addStamp("stamp", s.stamp)
	d.addStamp("seal_stamp", s.sealStamp)
	for _, r := range s.refs {
		f := DigestFact{Path: r.Path, Stated: r.CheckValue, Matches: r.matches}
		if found, err := doc.pkg.Digest(r.Path); err == nil {
			f.Found = found[:]
		}
		d.Digests = append(d.Digests, f)
	}
	d.addPath("signer", s.signer)
	d.addPath("maker", s.maker)
	return d
}

func (d *Diagnosis) addStamp(what string, f *stampFacts) {
	if f == nil {
		return
	}
	t := TimeFact{What: what, At: f.genTime, Authority: f.authority, Trusted: f.trusted()}
	if f.err != nil {
		t.Flaw = f.err.Error()
	}
	d.Times = append(d.Times, t)
}

func (d *Diagnosis) addPath(use string, f *certFacts) {
	if f == nil || f.cert == nil {
		return
	}
	for i, c := range f.path.Certs {
		fact := CertFact{Use: use, Info: certInfo(c), Raw: c.Raw, Anchor: i == f.path.Anchor}
		if i < len(f.status) {
			fact.Status, fact.Asked = f.status[i], true
		}
		d.Certificates = append(d.Certificates, fact)
	}
}
