package render

import "xinzhang/internal/fault"

// Limits bound what one page may cost, nested seal pictures included.
type Limits struct {
	Items       int   // objects drawn: shapes, glyph runs, pictures, clips, colour stops
	Segments    int   // steps of all outlines
	Depth       int   // objects within objects
	Pixels      int   // of all pictures of the page together
	OutputBytes int   // of the SVG
	PartBytes   int64 // of the parts read: templates, page, annotations
}

// DefaultLimits suit pages of dense text and large scans.
func DefaultLimits() Limits {
	return Limits{
		Items:       300_000,
		Segments:    4_000_000,
		Depth:       24,
		Pixels:      80_000_000,
		OutputBytes: 96 << 20,
		PartBytes:   64 << 20,
	}
}

// mostNested is how deep packages may lie in each other: a seal in a document,
// and a document as the seal's picture.
const mostNested = 1

// A meter counts what has been spent of the limits. The first limit that is
// passed stops the drawing.
type meter struct {
	lim                     Limits
	items, segments, pixels int
	bytes                   int64
	err                     error
}

func (m *meter) spendItems(n int) bool {
	m.items += n
	return m.within(m.items <= m.lim.Items, "number of objects on the page", m.lim.Items)
}

func (m *meter) spendSegments(n int) bool {
	m.segments += n
	return m.within(m.segments <= m.lim.Segments, "length of the outlines on the page", m.lim.Segments)
}

func (m *meter) spendPixels(n int) bool {
	m.pixels += n
	return m.within(m.pixels <= m.lim.Pixels, "pictures on the page (pixels)", m.lim.Pixels)
}

func (m *meter) spendBytes(n int64) bool {
	m.bytes += n
	return m.within(m.bytes <= m.lim.PartBytes, "parts of the page", int(m.lim.PartBytes))
}

func (m *meter) within(ok bool, what string, limit int) bool {
	if !ok && m.err == nil {
		m.err = fault.New(fault.InputTooLarge, "what", what, "limit", limit)
	}
	return m.err == nil
}
