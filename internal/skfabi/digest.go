package skfabi

import (
	"bytes"
	"hash"
	"sync"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/skf"
)

// A digest is a hash under way. After its value was given it is ended.
type digest struct {
	dev *device

	mu sync.Mutex
	h  hash.Hash // nil when ended; guarded by mu
}

func (d *digest) of() *device { return d.dev }
func (d *digest) closable()   {}

func (d *digest) wipe() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.h = nil
}

// DigestInit starts SM3. With an ID, which asks for a public key, Z is hashed
// first.
func (l *Library) DigestInit(h Handle, alg uint32, pub, id []byte, out *Handle) skf.Code {
	return call(l, h, func(d *device) error {
		if alg != skf.SM3 {
			return skf.NotSupportYet
		}
		sum := sm3.New()
		if len(id) > 0 {
			key, err := l.publicKey(pub)
			if err != nil {
				return err
			}
			if len(id) > maxID {
				return skf.InDataLenErr
			}
			z, err := sm2.CalculateZA(key, id)
			if err != nil {
				return err
			}
			sum.Write(z)
		}
		return l.handles.add(&digest{dev: d, h: sum}, out)
	})
}

// DigestUpdate hashes a part.
func (l *Library) DigestUpdate(h Handle, in []byte) skf.Code {
	return call(l, h, func(d *digest) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.h == nil {
			return skf.HashObjErr
		}
		d.h.Write(in)
		return nil
	})
}

// Digest hashes in and gives the value.
func (l *Library) Digest(h Handle, in, out []byte, n *uint32) skf.Code {
	return call(l, h, func(d *digest) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.h == nil {
			return skf.HashObjErr
		}
		return deliver(out, n, d.h.Size(), func() ([]byte, error) {
			d.h.Write(in)
			value := d.h.Sum(nil)
			d.h = nil
			return value, nil
		})
	})
}

// DigestFinal gives the value.
func (l *Library) DigestFinal(h Handle, out []byte, n *uint32) skf.Code {
	return l.Digest(h, nil, out, n)
}

// A mac is a CBC-MAC under way.
type mac struct {
	dev *device

	mu  sync.Mutex
	run *run // CBC; nil when ended; guarded by mu
}

func (m *mac) of() *device { return m.dev }
func (m *mac) closable()   {}

func (m *mac) wipe() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.run = nil
}

// MacInit starts a MAC under a key of SM4 in any mode. Without an IV it is zero.
func (l *Library) MacInit(h Handle, param []byte, out *Handle) skf.Code {
	return call(l, h, func(k *key) error {
		p, err := skf.ParseBlockParam(param, l.layout)
		if err != nil {
			return skf.InvalidParam
		}
		if len(p.IV) == 0 {
			p.IV = make([]byte, blockSize)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.block == nil {
			return skf.InvalidHandle
		}
		r, err := newRun(k.block, skf.SM4CBC, p, false)
		if err != nil {
			return err
		}
		return l.handles.add(&mac{dev: k.dev, run: r}, out)
	})
}

// MacUpdate takes a part.
func (l *Library) MacUpdate(h Handle, in []byte) skf.Code {
	return call(l, h, func(m *mac) error {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.run == nil {
			return skf.NotInitialize
		}
		m.run.update(in)
		return nil
	})
}

// Mac takes in and gives the value, 16 octets.
func (l *Library) Mac(h Handle, in, out []byte, n *uint32) skf.Code {
	return call(l, h, func(m *mac) error {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.run == nil {
			return skf.NotInitialize
		}
		return deliver(out, n, blockSize, func() ([]byte, error) {
			end := m.run.clone()
			end.update(in)
			if _, err := end.final(); err != nil {
				return nil, err
			}
			m.run = nil
			return bytes.Clone(end.chain[:]), nil
		})
	})
}

// MacFinal gives the value.
func (l *Library) MacFinal(h Handle, out []byte, n *uint32) skf.Code { return l.Mac(h, nil, out, n) }
