package sealpic

// An Outline is one layer of a picture, for tests of its geometry.
type Outline struct{ Points [][2]float64 }

// Outlines returns the points of each layer, control points included: of a round
// seal the ring, the star, the code if any, the name, the sub-name if any.
func (p Picture) Outlines() []Outline {
	outlines := make([]Outline, len(p.layers))
	for i, l := range p.layers {
		for _, s := range l.outline {
			for _, q := range s.p[:s.op.points()] {
				outlines[i].Points = append(outlines[i].Points, [2]float64{q.x, q.y})
			}
		}
	}
	return outlines
}

var UnpackWOFF = unpackWOFF

const MaxWOFFSize = maxWOFFSize
