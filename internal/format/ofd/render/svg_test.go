package render_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// allowed are the elements that a page may hold, with their attributes.
var allowed = map[string]string{
	"svg":            "xmlns width height viewBox",
	"defs":           "",
	"rect":           "x y width height fill",
	"g":              "transform opacity clip-path style " + paintAttrs + textAttrs,
	"path":           "d transform opacity clip-rule " + paintAttrs,
	"use":            "href transform opacity",
	"image":          "id width height preserveAspectRatio href",
	"text":           "x y transform opacity " + paintAttrs + textAttrs,
	"clipPath":       "id",
	"linearGradient": "id gradientUnits gradientTransform spreadMethod x1 y1 x2 y2",
	"radialGradient": "id gradientUnits gradientTransform spreadMethod cx cy r fx fy fr",
	"stop":           "offset stop-color stop-opacity",
	"pattern":        "id patternUnits patternTransform width height",
}

const (
	paintAttrs = "fill fill-opacity fill-rule stroke stroke-opacity stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset "
	textAttrs  = "font-family font-size font-weight font-style "
)

var (
	numbers   = regexp.MustCompile(`^[0-9. -]*$`)
	colour    = regexp.MustCompile(`^(#[0-9a-f]{3}|#[0-9a-f]{6}|none|url\(#[A-Za-z0-9_-]+\))$`)
	localRef  = regexp.MustCompile(`^#[A-Za-z0-9_-]+$`)
	localURL  = regexp.MustCompile(`^url\(#[A-Za-z0-9_-]+\)$`)
	placing   = regexp.MustCompile(`^(matrix|translate)\([0-9. -]+\)$`)
	pathData  = regexp.MustCompile(`^[MLQCAZ0-9. -]*$`)
	dataImage = regexp.MustCompile(`^data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+$`)
)

// checkSVG holds a page against what this package promises: well-formed XML, no
// element, attribute or value beyond the list, every reference to an id inside.
func checkSVG(t testing.TB, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	ids, refs := map[string]bool{}, map[string]bool{}
	inText := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			checkElement(t, tok, ids, refs)
			inText = tok.Name.Local == "text"
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if !inText && len(bytes.TrimSpace(tok)) > 0 {
				t.Fatalf("text outside of <text>: %.60q", tok)
			}
		default:
			t.Fatalf("a page holds %T", tok)
		}
	}
	for ref := range refs {
		if !ids[ref] {
			t.Fatalf("reference to %q, which is not there", ref)
		}
	}
}

func checkElement(t testing.TB, e xml.StartElement, ids, refs map[string]bool) {
	t.Helper()
	attrs, ok := allowed[e.Name.Local]
	if !ok {
		t.Fatalf("element <%s>", e.Name.Local)
	}
	for _, a := range e.Attr {
		name, value := a.Name.Local, a.Value
		if !strings.Contains(" "+attrs+" ", " "+name+" ") {
			t.Fatalf("attribute %s of <%s>", name, e.Name.Local)
		}
		var fits bool
		switch name {
		case "id":
			fits = localRef.MatchString("#"+value) && !ids[value]
			ids[value] = true
		case "href":
			if fits = localRef.MatchString(value); fits {
				refs[value[1:]] = true
			} else if fits = dataImage.MatchString(value); fits {
				_, err := base64.StdEncoding.DecodeString(value[strings.IndexByte(value, ',')+1:])
				fits = err == nil
			}
		case "clip-path":
			fits = localURL.MatchString(value)
			refs[strings.TrimSuffix(strings.TrimPrefix(value, "url(#"), ")")] = true
		case "fill", "stroke", "stop-color":
			fits = colour.MatchString(value)
			if rest, ok := strings.CutPrefix(value, "url(#"); ok {
				refs[strings.TrimSuffix(rest, ")")] = true
			}
		case "transform", "gradientTransform", "patternTransform":
			fits = placing.MatchString(value)
		case "d":
			fits = pathData.MatchString(value)
		case "style":
			fits = value == "mix-blend-mode:multiply"
		case "width", "height":
			fits = numbers.MatchString(strings.TrimSuffix(value, "mm"))
		case "xmlns":
			fits = value == "http://www.w3.org/2000/svg"
		case "clip-rule", "fill-rule", "stroke-linecap", "stroke-linejoin", "gradientUnits", "patternUnits", "spreadMethod",
			"preserveAspectRatio", "font-family", "font-weight", "font-style":
			fits = !strings.ContainsAny(value, "<>&;{}()\"")
		default:
			fits = numbers.MatchString(value)
		}
		if !fits {
			t.Fatalf("<%s %s=%.80q>", e.Name.Local, name, value)
		}
	}
}
