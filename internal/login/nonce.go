package login

import (
	"crypto/rand"
	"encoding/base64"
	"sync"
	"time"
)

// How long a nonce may be answered, and how many may be open: beyond that the
// oldest are forgotten, so that a flood of questions costs memory once.
const (
	nonceLife = 5 * time.Minute
	maxNonces = 100_000
)

// Nonces are the questions of one server process. Each is good once.
type Nonces struct {
	now func() time.Time

	mu    sync.Mutex
	open  map[string]time.Time // until when
	order []string             // by age
}

// NewNonces makes an empty store.
func NewNonces(now func() time.Time) *Nonces {
	return &Nonces{now: now, open: map[string]time.Time{}}
}

// Issue draws a nonce: 32 random octets in base64.
func (n *Nonces) Issue() (nonce string, until time.Time) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program instead
	nonce, until = base64.StdEncoding.EncodeToString(b[:]), n.now().Add(nonceLife)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open[nonce] = until
	n.order = append(n.order, nonce)
	for len(n.order) > 0 && (len(n.order) > maxNonces || !n.live(n.order[0])) {
		delete(n.open, n.order[0])
		n.order = n.order[1:]
	}
	return nonce, until
}

// live reports whether nonce is still to be kept; n.mu is held.
func (n *Nonces) live(nonce string) bool {
	until, open := n.open[nonce]
	return open && !n.now().After(until)
}

// use takes nonce out and reports whether it was good.
func (n *Nonces) use(nonce string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	good := n.live(nonce)
	delete(n.open, nonce)
	return good
}
