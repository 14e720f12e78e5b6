package ofd

import "xinzhang/internal/fault"

const integrityName = "/OFDEntries.xml"

// An IntegrityList is the package's OFDEntries.xml (GM/T 0099-2020): the files
// it was made with. Its signed value is a GB/T 35275 SignedData over the SM3 of
// Raw; a file that is not listed was added later.
type IntegrityList struct {
	Path            string
	Raw             []byte
	Creator         string
	CreationDate    string // as written
	SignedValueRef  string
	SignedValuePath string // part name, "" when the file is missing
	Files           []string
	Missing         []string // listed, but not in the package
	Unlisted        []string // in the package, but not listed
}

// IntegrityList returns the package's integrity list, or nil when it has none.
// A list that cannot be read is fault.DocXMLBroken.
func (p *Package) IntegrityList() (*IntegrityList, error) {
	name, _, ok := p.Resolve("/", integrityName)
	if !ok {
		return nil, nil
	}
	raw, err := p.readXML(name)
	if err != nil {
		return nil, err
	}
	src, _, err := toUTF8(name, raw)
	if err != nil {
		return nil, err
	}
	tree, err := parseTree(name, src, p.lim)
	if err != nil {
		return nil, err
	}
	if tree.name != "DocEntries" {
		return nil, fault.New(fault.DocXMLBroken, "place", name+": <"+clip(tree.name)+"> instead of <DocEntries>")
	}
	l := &IntegrityList{Path: name, Raw: raw, Creator: tree.attr("CreatorName"), CreationDate: tree.attr("CreationDate")}
	l.SignedValueRef = tree.kid("SignedValueLoc").value()
	if path, _, ok := p.Resolve(name, l.SignedValueRef); ok {
		l.SignedValuePath = path
	}
	listed := map[string]bool{name: true, l.SignedValuePath: true}
	for _, f := range tree.kid("FileList").all("File") {
		path, _, ok := p.Resolve(name, f.attr("FileLoc"))
		if !ok {
			l.Missing = append(l.Missing, clip(f.attr("FileLoc")))
			continue
		}
		listed[path] = true
		l.Files = append(l.Files, path)
	}
	for _, e := range p.Entries() {
		if !listed[e.Name] {
			l.Unlisted = append(l.Unlisted, e.Name)
		}
	}
	return l, nil
}
