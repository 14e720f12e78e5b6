// Package ses reads and writes electronic seals (电子印章, SESeal) and the
// signatures made with them (电子签章, SES_Signature) in their three generations:
//
//	version 1  GM/T 0031-2014
//	version 4  GB/T 38540-2020
//	version 5  GM/T 0031-2025, with a time stamp of the seal
//
// [ParseSeal] reads a seal file (Seal.esl) and [ParseSignature] what stands in
// SignedValue.dat; both tell the generation by themselves, and [Detect] says
// what unknown bytes are. They keep the bytes as stored: everything that was
// hashed or signed is taken from there and never encoded again. What real
// writers do against the standard is read and listed in Deviations; what cannot
// be read is an error that names the place:
//
//	ses: toSign.eseal.sealInfo.property.createDate: time "2020" is not valid
//
// A seal is made in three steps, since the key may lie elsewhere: [Info.Marshal],
// a signature over [TBSSeal], [AssembleSeal]. Sealing is the same: [TBSSign], a
// signature over its result, [AssembleSignature]. Writing is strict DER.
//
// The package does not check signatures, certificates or dates: a verifier does,
// with [Seal.SignedBytes], [Signature.SignedBytes] and [Seal.Allows].
package ses

import "xinzhang/internal/format/oid"

// Generations of seals and seal signatures, told apart by the version in the
// header of the seal and by the shape of the structures.
const (
	V1 = 1 // GM/T 0031-2014
	V4 = 4 // GB/T 38540-2020
	V5 = 5 // GM/T 0031-2025
)

// Vendor is the Vid that our seals carry.
const Vendor = "xinzhang"

// Values of [Info.Type] as GM/T 0031-2014 defines them; the later standards
// leave them to the issuer, and foreign seals hold other numbers.
const (
	TypeUnit   = 1 // seal of an organisation
	TypePerson = 2 // seal of a person, also a hand-written signature
)

// Values of [Info.CertListType].
const (
	CertListCerts   = 1 // the certificates themselves
	CertListDigests = 2 // digests of the certificates
)

// Limits of what is read and written. Real seals are below 64 KiB; a hostile
// one must not make the reader work without bound.
const (
	maxInput   = 16 << 20 // octets of a seal or a seal signature
	maxPicture = 4 << 20  // octets of the picture
	maxCerts   = 4096     // members of a certificate list
	maxExts    = 256      // members of an ExtensionDatas
	maxMM      = 1000     // width and height of a plausible picture
)

// An Ext is one member of ExtensionDatas (ExtData).
type Ext struct {
	ID       oid.ID
	Critical bool
	Value    []byte // content of extnValue
}
