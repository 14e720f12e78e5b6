package ofd

// Limits bound what a hostile file can cost. They are measured while reading;
// what a zip header announces is never trusted.
type Limits struct {
	Entries      int   // entries of the zip, folders included
	NameBytes    int   // of one entry name
	DirectoryLen int64 // bytes of the zip's central directory
	PartBytes    int64 // of one part that is read whole (page content, signature value, seal)
	XMLBytes     int64 // of one XML part other than a page
	TotalBase    int64 // inflated bytes of all parts together: TotalBase + TotalFactor × file size
	TotalFactor  int64
	RatioFree    int64 // inflated bytes of one entry before Ratio is asked for
	Ratio        int64 // inflated : compressed of one entry
	Depth        int   // nested XML elements
	Elements     int   // XML elements and attributes of one part other than a page
	Pages        int   // of one document
	Glyphs       int   // characters of one page, when its text is asked for
	References   int   // files that one signature protects, and parts of the document
}

// DefaultLimits suit documents of up to some hundred megabytes and keep a
// hostile one below two seconds and 200 MiB.
func DefaultLimits() Limits {
	return Limits{
		Entries:      65_000,
		NameBytes:    1024,
		DirectoryLen: 32 << 20,
		PartBytes:    64 << 20,
		XMLBytes:     24 << 20,
		TotalBase:    128 << 20,
		TotalFactor:  25,
		RatioFree:    8 << 20,
		Ratio:        120,
		Depth:        128,
		Elements:     400_000,
		Pages:        30_000,
		Glyphs:       300_000,
		References:   65_000,
	}
}
