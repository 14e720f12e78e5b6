package verify

import (
	"errors"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/ofd"
)

// integrityFacts is the list of files that the document was made with
// (GM/T 0099-2020). It protects no content, so who signed it is not asked; but
// what contradicts it was done later.
type integrityFacts struct {
	list     *ofd.IntegrityList
	valueErr error // errUnjudged: its value carries no certificate
}

var errUnjudged = errors.New("the signed value carries no certificate")

// gatherIntegrity returns nil without a list, or with one that cannot be read,
// which is said of parts.
func gatherIntegrity(pkg *ofd.Package) *integrityFacts {
	list, err := pkg.IntegrityList()
	if err != nil || list == nil {
		return nil
	}
	return &integrityFacts{list, checkIntegrityValue(pkg, list)}
}

func checkIntegrityValue(pkg *ofd.Package, list *ofd.IntegrityList) error {
	value, err := pkg.Read(list.SignedValuePath)
	if err != nil {
		return err
	}
	sd, err := cms.Parse(value)
	if err != nil {
		return err
	}
	if len(sd.Signers) == 0 {
		return errors.New("nobody signed it")
	}
	for i, signer := range sd.Signers {
		c := sd.CertificateOf(signer)
		if c == nil {
			return errUnjudged
		}
		if _, err := sd.Verify(i, list.Raw, c); err != nil {
			return err
		}
	}
	return nil
}

// askIntegrity asks whether the list is as it was signed and still tells what the
// package holds. A signature that was added later cannot be on it.
func askIntegrity(doc *documentFacts) []finding {
	if doc.integrity == nil {
		return nil
	}
	list := doc.integrity.list
	var out []finding
	switch err := doc.integrity.valueErr; {
	case errors.Is(err, errUnjudged):
		out = append(out, found(askCoverage, fault.IntegrityUnjudged))
	case err != nil:
		out = append(out, found(askCoverage, fault.IntegritySignature))
	}
	if len(list.Missing) > 0 {
		out = append(out, found(askCoverage, fault.IntegrityMissing, "files", partNames{doc.pkg, list.Missing}))
	}
	ofSignatures := make(map[string]bool)
	for _, p := range doc.parts {
		ofSignatures[p.Path] = p.Kind.IsSignature()
	}
	var added []string
	for _, path := range list.Unlisted {
		if !ofSignatures[path] {
			added = append(added, path)
		}
	}
	if len(added) > 0 {
		out = append(out, found(askCoverage, fault.IntegrityUnlisted, "files", partNames{doc.pkg, added}))
	}
	return out
}
