// Package cost is how much work one guess of a PIN takes. It is hidden below
// token/soft so that nobody else can name a [Cost], and with it a cheap one:
// shipped programs get [Shipped], tests get theirs from token/soft/softtest.
package cost

import "errors"

// A Cost is the work of Argon2id (RFC 9106) for one guess.
type Cost struct {
	Passes uint32 `json:"passes"`
	KiB    uint32 `json:"kib"` // memory
	Lanes  uint8  `json:"lanes"`
}

// Shipped is the second recommended choice of RFC 9106, clause 4: a fraction of
// a second and 64 MiB for each guess.
func Shipped() Cost { return Cost{Passes: 3, KiB: 64 << 10, Lanes: 4} }

// Check refuses what no program of ours writes: a hostile file must not choose
// how much memory and time opening it takes.
func (c Cost) Check() error {
	if c.Passes < 1 || c.Passes > 16 || c.Lanes < 1 || c.Lanes > 16 || c.KiB < 8*uint32(c.Lanes) || c.KiB > 256<<10 {
		return errors.New("cost of a guess is out of range")
	}
	return nil
}
