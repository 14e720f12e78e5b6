// Package ofd reads and extends OFD documents (GB/T 33190-2016): a zip package
// of XML parts, pages measured in millimetres, and signatures that protect the
// uncompressed bytes of the parts.
//
//	pkg, err := ofd.Open(file, size, ofd.DefaultLimits())
//	list, err := pkg.SignatureList()   // nil: the document announces none
//	sig, err := pkg.SignatureFile(list.Items[0].Path)
//	parts, err := pkg.Parts()          // everything the document may show
//
// To sign, [Package.PlanSignature] reserves names and ids and makes the two
// textual insertions, [BuildSignatureXML] writes the new Signature.xml, and
// [Append] copies every other entry's compressed bytes as they stand.
// [Package.Search] finds a keyword on the pages; [Builder] writes small
// documents of our own.
//
// Reading is lenient where real vendors deviate (backslashes, relative paths,
// letter case, both namespaces, several encodings) and strict where two
// programs could be shown different things (duplicate names, a zip directory
// that disagrees with its entries, names that leave the package, DTDs). What
// was tolerated is reported as a deviation: a [fault.Error] of low severity.
// Hostile files are bounded by [Limits], measured while reading.
//
// A part's name is its absolute path with forward slashes, "/Doc_0/Document.xml".
// Hashes are taken over the bytes as stored; nothing is re-serialised.
//
// The package does not judge signatures, does not draw pages, and does not open
// the nested packages that some seal pictures are.
package ofd

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Box is a rectangle in millimetres (ST_Box): the origin is the top left
// corner, x runs to the right and y down.
type Box struct{ X, Y, W, H float64 }

// parseBox reads "x y w h". The four numbers must be finite; width and height
// may be anything, since real files hold negative ones.
func parseBox(s string) (Box, error) {
	n, err := parseNumbers(s)
	if err != nil {
		return Box{}, err
	}
	if len(n) != 4 {
		return Box{}, fmt.Errorf("box %q: %d numbers instead of 4", clip(s), len(n))
	}
	return Box{n[0], n[1], n[2], n[3]}, nil
}

// String writes the box as OFD does, in at most three decimals.
func (b Box) String() string {
	return formatNumber(b.X) + " " + formatNumber(b.Y) + " " + formatNumber(b.W) + " " + formatNumber(b.H)
}

// parseNumbers reads numbers parted by white space or, as some vendors write,
// commas.
func parseNumbers(s string) ([]float64, error) {
	fields := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r'
	})
	out := make([]float64, len(fields))
	for i, f := range fields {
		v, err := parseNumber(f)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func parseNumber(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("number %q cannot be read", clip(s))
	}
	return v, nil
}

// formatNumber writes a length with micrometre precision and no needless zeros.
func formatNumber(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// clip shortens foreign text before it goes into an error.
func clip(s string) string {
	const longest = 80
	r := []rune(s)
	if len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
