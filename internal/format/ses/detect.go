package ses

import "xinzhang/internal/format/der"

// A Kind is what unknown bytes turn out to be.
type Kind int

// Kinds that [Detect] tells apart.
const (
	KindUnknown Kind = iota
	KindSealV1
	KindSealV4
	KindSealV5
	KindSignatureV1
	KindSignatureV4
	KindSignatureV5
	KindCMS     // ContentInfo, a signature without a seal
	KindBareSM2 // SEQUENCE of two INTEGERs: an SM2Signature whose certificate comes from elsewhere
)

// String names k in English.
func (k Kind) String() string {
	names := []string{"unknown", "seal version 1", "seal version 4", "seal version 5",
		"seal signature version 1", "seal signature version 4", "seal signature version 5",
		"CMS", "bare SM2 signature"}
	if k < 0 || int(k) >= len(names) {
		return names[0]
	}
	return names[k]
}

// Detect says what b is from its outline alone; neither the name of a file nor
// the Type of an OFD signature is to be trusted. The value may be broken inside,
// and bytes may follow it. A seal says "ES" in its header; of a signature value
// the first member is an OBJECT IDENTIFIER (CMS), an INTEGER (bare SM2), or a
// SEQUENCE holding a version and a seal.
func Detect(b []byte) Kind {
	v, _, err := der.Parse(b)
	if err != nil || v.Tag != der.Sequence {
		return KindUnknown
	}
	switch k := first(v); k.Tag {
	case der.OID:
		return KindCMS
	case der.Integer:
		if second := next(v, k); members(v, 3) == 2 && second.Tag == der.Integer {
			return KindBareSM2
		}
	case der.Sequence:
		if version := sealVersion(v); version != 0 {
			return map[int]Kind{V1: KindSealV1, V4: KindSealV4, V5: KindSealV5}[version]
		}
		return detectSignature(v, k)
	}
	return KindUnknown
}

// detectSignature looks for toSign ::= SEQUENCE { INTEGER, SESeal, … } in v.
func detectSignature(v, toSign der.Value) Kind {
	version := first(toSign)
	if version.Tag != der.Integer {
		return KindUnknown
	}
	seal := sealVersion(next(toSign, version))
	own, err := version.Int()
	switch n := members(v, 3); {
	case seal == 0 || n < 2:
		return KindUnknown
	case n == 2:
		return KindSignatureV1
	case seal == V5 || err == nil && own == V5:
		return KindSignatureV5
	}
	return KindSignatureV4
}

// sealVersion tells the generation of the seal v by the number of its members
// and the version in its header; 0 when it is no seal.
func sealVersion(v der.Value) int {
	header := first(first(v))
	id := first(header)
	if name, err := id.Text(); err != nil || name != "ES" || header.Tag != der.Sequence || v.Tag != der.Sequence {
		return 0
	}
	version, err := next(header, id).Int()
	switch n := members(v, 5); {
	case n < 2:
		return 0
	case n == 2:
		return V1
	case n == 5 || err == nil && version == V5:
		return V5
	}
	return V4
}

// next returns the value that follows k, the first inside v.
func next(v, k der.Value) der.Value {
	n, _, err := der.Parse(v.Content[len(k.Raw):])
	if err != nil {
		return der.Value{}
	}
	return n
}
