package ofd

import (
	"xinzhang/internal/fault"
)

// AnnounceSignatures inserts a Signatures element that names list into the
// DocBody of document doc (from 1) of OFD.xml, which is returned whole. Only the
// document's first signature needs it, and it must be done before OFD.xml is
// hashed. An empty Signatures element is filled; one that names a file already
// is fault.DocNotExtendable, as is XML in another encoding than UTF-8.
func AnnounceSignatures(ofdXML []byte, doc int, list string) ([]byte, error) {
	splices, err := announcement(ofdXML, doc, list)
	if err != nil {
		return nil, err
	}
	return applySplices(ofdXML, splices), nil
}

func announcement(ofdXML []byte, doc int, list string) ([]splice, error) {
	tree, err := editable(rootName, ofdXML, "OFD")
	if err != nil {
		return nil, err
	}
	bodies := tree.all("DocBody")
	if doc < 1 || doc > len(bodies) {
		return nil, fault.New(fault.DocNotExtendable, "place", rootName, "what", "no such DocBody")
	}
	body := bodies[doc-1]
	text := escapeXML(list)
	there := body.all("Signatures")
	switch {
	case len(there) == 0:
		name := qualify(body.prefix, "Signatures")
		return []splice{body.into("<" + name + ">" + text + "</" + name + ">")}, nil
	case len(there) == 1 && there[0].value() == "" && len(there[0].kids) == 0:
		return []splice{there[0].replaceText(text)}, nil
	}
	return nil, fault.New(fault.DocNotExtendable, "place", rootName, "what", "signatures are announced already")
}

// AddToSignatureList inserts a Signature element behind the last one of
// Signatures.xml and sets MaxSignId, which is returned whole. listName is its
// part name, for errors. XML in another encoding than UTF-8 is
// fault.DocNotExtendable.
func AddToSignatureList(listName string, listXML []byte, item SignatureItem, maxSignID string) ([]byte, error) {
	splices, err := listEntry(listName, listXML, item, maxSignID)
	if err != nil {
		return nil, err
	}
	return applySplices(listXML, splices), nil
}

func listEntry(listName string, listXML []byte, item SignatureItem, maxSignID string) ([]splice, error) {
	tree, err := editable(listName, listXML, "Signatures")
	if err != nil {
		return nil, err
	}
	entry := signatureEntry(tree.prefix, item)
	maxima := tree.all("MaxSignId")
	var splices []splice
	for _, m := range maxima { // two of them occur; both are kept right
		if len(m.kids) > 0 {
			return nil, fault.New(fault.DocNotExtendable, "place", listName, "what", "elements inside MaxSignId")
		}
		splices = append(splices, m.replaceText(escapeXML(maxSignID)))
	}
	max := ""
	if len(maxima) == 0 {
		name := qualify(tree.prefix, "MaxSignId")
		max = "<" + name + ">" + escapeXML(maxSignID) + "</" + name + ">"
	}
	items := tree.all("Signature")
	switch {
	case len(items) > 0:
		splices = append(splices, splice{offset: items[len(items)-1].end, insert: entry})
		if max != "" {
			splices = append(splices, splice{offset: items[0].start, insert: max})
		}
	default:
		splices = append(splices, tree.into(max+entry))
	}
	return splices, nil
}

// NewSignatureList writes the Signatures.xml of a document's first signature.
func NewSignatureList(item SignatureItem, maxSignID string) []byte {
	return []byte(xmlHeader + `<ofd:Signatures xmlns:ofd="` + namespace + `"><ofd:MaxSignId>` + escapeXML(maxSignID) +
		`</ofd:MaxSignId>` + signatureEntry("ofd", item) + `</ofd:Signatures>`)
}

func signatureEntry(prefix string, item SignatureItem) string {
	s := "<" + qualify(prefix, "Signature") + ` ID="` + escapeXML(item.ID) + `"`
	if item.Type != "" {
		s += ` Type="` + escapeXML(item.Type) + `"`
	}
	s += ` BaseLoc="` + escapeXML(item.BaseLoc) + `"`
	if item.Relative != "" {
		s += ` Relative="` + escapeXML(item.Relative) + `"`
	}
	return s + "/>"
}

// editable parses XML that is to be changed by splices: its offsets must be
// those of the file.
func editable(name string, src []byte, root string) (*node, error) {
	_, native, err := toUTF8(name, src)
	if err != nil || !native {
		return nil, fault.Wrap(fault.DocNotExtendable, err, "place", name, "what", "not in UTF-8")
	}
	tree, err := parseTree(name, src, DefaultLimits())
	if err != nil {
		return nil, err
	}
	if tree.name != root {
		return nil, fault.New(fault.DocNotExtendable, "place", name, "what", "no <"+root+">")
	}
	return tree, nil
}
