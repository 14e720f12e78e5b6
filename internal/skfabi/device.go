package skfabi

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gofrs/flock"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// A device is a connection (DEVHANDLE).
type device struct {
	token token.Device
	lock  *flock.Flock // shared during a call, exclusive by SKF_LockDev

	mu        sync.Mutex // held during a call; guards the rest
	gone      bool
	exclusive bool
	apps      map[string]token.Application // that were opened on the connection
	challenge []byte                       // of the last random octets, the first 8
}

func (d *device) of() *device { return d }

func (d *device) wipe() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gone = true
	_ = d.lock.Close()
	_ = d.token.Close() // which ends its applications
}

// patience is how long a call waits for a program that locked the device.
const (
	patience = 10 * time.Second
	pause    = 5 * time.Millisecond
)

// turn runs f while nobody else has locked the device.
func (d *device) turn(f func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone {
		return skf.InvalidHandle
	}
	if d.exclusive {
		return f()
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := d.lock.TryRLockContext(ctx, pause); err != nil {
		return lockError(err)
	}
	defer func() { _ = d.lock.Unlock() }() // the system unlocks what is closed
	return f()
}

func lockError(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return skf.Timeout
	case errors.Is(err, fs.ErrNotExist): // the folder is gone
		return skf.DeviceRemoved
	case errors.Is(err, skf.InvalidHandle):
		return err
	}
	return skf.FileErr
}

// EnumDev lists the devices; a software UKey that is known is present.
func (l *Library) EnumDev(_ bool, out []byte, n *uint32) skf.Code {
	names, err := l.driver.Devices(context.Background())
	if err != nil {
		return codeOf(err)
	}
	return codeOf(hand(out, n, skf.MarshalNames(names)))
}

// ConnectDev opens a device.
func (l *Library) ConnectDev(name string, h *Handle) skf.Code {
	if h == nil {
		return skf.InvalidParam
	}
	dev, err := l.driver.Connect(context.Background(), name)
	if err != nil {
		return codeOf(err)
	}
	file := name + ".skf.lock"
	if !filepath.IsLocal(file) || filepath.Base(file) != file {
		_ = dev.Close()
		return skf.NameLenErr
	}
	return codeOf(l.handles.add(&device{token: dev, lock: flock.New(filepath.Join(l.dir, file)), apps: make(map[string]token.Application)}, h))
}

// DisConnectDev ends a connection and every handle on it.
func (l *Library) DisConnectDev(h Handle) skf.Code {
	_, err := remove(&l.handles, h, func(o object, closed *device) bool { return o.of() == closed })
	return codeOf(err)
}

// GetDevState tells whether a device is there.
func (l *Library) GetDevState(name string, state *uint32) skf.Code {
	if state == nil {
		return skf.InvalidParam
	}
	names, err := l.driver.Devices(context.Background())
	switch {
	case err != nil:
		*state = skf.DeviceUnknown
	case slices.Contains(names, name):
		*state = skf.DevicePresent
	default:
		*state = skf.DeviceAbsent
	}
	return skf.OK
}

// SetLabel names the device for people; label is UTF-8 or GB 18030.
func (l *Library) SetLabel(h Handle, label []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, d *device) error {
		text := string(label)
		if !utf8.Valid(label) {
			text = skf.Text(label)
		}
		return d.token.SetLabel(ctx, text)
	})
}

// GetDevInfo fills a DEVINFO.
func (l *Library) GetDevInfo(h Handle, out []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, d *device) error {
		if err := fits(out, l.layout.DevInfoSize()); err != nil {
			return err
		}
		info, err := d.token.Info(ctx)
		if err != nil {
			return err
		}
		fill(out, skf.DevInfo{
			Struct:       skf.Version{Major: 1},
			Manufacturer: info.Manufacturer, Issuer: info.Manufacturer, Label: info.Label, Serial: info.Serial,
			Hardware: skf.Version{Major: 1}, Firmware: skf.Version{Major: 1},
			Symmetric:  skf.SM4ECB | skf.SM4CBC | skf.SM4CFB | skf.SM4OFB | skf.SM4MAC,
			Asymmetric: skf.SM2Sign | skf.SM2Exchange | skf.SM2Encrypt,
			Hash:       skf.SM3, Auth: skf.SM4ECB,
			Total: octets(info.Total), Free: octets(info.Free),
			MaxECCBufferSize: skf.MaxText, MaxBufferSize: maxInput,
		}.Marshal(l.layout))
		return nil
	})
}

func octets(n int64) uint32 { return uint32(min(max(n, 0), 1<<32-1)) }

// forever is the timeout of SKF_LockDev that never ends.
const forever = 0xFFFFFFFF

// LockDev keeps other connections out, here and in other processes, for up to
// timeout milliseconds of waiting. A connection that has the lock keeps it.
func (l *Library) LockDev(h Handle, timeout uint32) skf.Code {
	return call(l, h, func(d *device) error {
		until := time.Now().Add(time.Duration(timeout) * time.Millisecond)
		for {
			locked, err := d.tryLock()
			switch {
			case err != nil:
				return lockError(err)
			case locked:
				return nil
			case timeout != forever && time.Now().After(until):
				return skf.Timeout
			}
			time.Sleep(pause)
		}
	})
}

// tryLock does not wait for the lock, so that the connection may end meanwhile.
func (d *device) tryLock() (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone {
		return false, skf.InvalidHandle
	}
	if !d.exclusive {
		locked, err := d.lock.TryLock()
		if err != nil {
			return false, err
		}
		d.exclusive = locked
	}
	return d.exclusive, nil
}

// UnlockDev lets others in again. Without the lock it is SAR_FAIL.
func (l *Library) UnlockDev(h Handle) skf.Code {
	return call(l, h, func(d *device) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if !d.exclusive {
			return skf.Fail
		}
		d.exclusive = false
		return d.lock.Unlock()
	})
}

// GenRandom fills out. Eight octets or more become the challenge of DevAuth.
func (l *Library) GenRandom(h Handle, out []byte) skf.Code {
	return call(l, h, func(d *device) error {
		if out == nil || len(out) > maxRandom {
			return skf.InvalidParam
		}
		_, _ = rand.Read(out) // never fails
		d.mu.Lock()
		defer d.mu.Unlock()
		if len(out) >= challengeSize {
			d.challenge = slices.Clone(out[:challengeSize])
		}
		return nil
	})
}

// ChangeDevAuthKey replaces the device key, 16 octets; it needs DevAuth.
func (l *Library) ChangeDevAuthKey(h Handle, key []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, d *device) error {
		if len(key) != 16 {
			return skf.InDataLenErr
		}
		next := token.NewAuthKey([16]byte(key))
		defer next.Clear()
		err := d.token.ChangeAuthKey(ctx, next)
		if errors.Is(err, fault.TokenAuthDefault) {
			return skf.InDataErr // the new key is the public one
		}
		return err
	})
}
