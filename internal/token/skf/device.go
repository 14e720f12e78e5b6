package skf

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// A device is a connection to a UKey. All but lib and serial is guarded by the
// turn of the library.
type device struct {
	lib    *library
	serial string // "" where the device does not tell one
	name   string // as the library lists it; another after it was plugged in elsewhere

	handle     uint64
	generation int // of the host that gave the handle
	link       int // one more with each connection: handles of earlier ones are dead
	lost       bool
	closed     bool
}

var _ token.Device = (*device)(nil)

// do runs f with the device connected.
func (d *device) do(ctx context.Context, f func(*session) error) error {
	return d.lib.do(ctx, func(s *session) error {
		if d.closed {
			return token.ErrClosed
		}
		if err := d.open(s); err != nil {
			return err
		}
		return f(s)
	})
}

// open connects again where the host or the device was away since. It is the same
// device when it has the same serial number, whatever it is called now.
func (d *device) open(s *session) error {
	if d.generation == s.generation && !d.lost {
		return nil
	}
	names, err := s.devices()
	if err != nil {
		return err
	}
	if i := slices.Index(names, d.name); i > 0 {
		names[0], names[i] = names[i], names[0]
	}
	for _, name := range names {
		if d.serial == "" && name != d.name {
			continue
		}
		next := &device{lib: d.lib, name: name}
		info, err := next.connect(s)
		if s.host == nil {
			return err
		}
		if err != nil {
			continue // another device, or one that is just leaving
		}
		if info.Serial == d.serial {
			d.name, d.handle, d.generation, d.lost = name, next.handle, next.generation, false
			d.link++
			return nil
		}
		s.release("SKF_DisConnectDev", next.handle)
	}
	return fault.New(fault.TokenRemoved, "token", readable(d.name))
}

// connect connects for the first time.
func (d *device) connect(s *session) (skf.DevInfo, error) {
	h, err := s.handle("SKF_ConnectDev", text(d.name))
	if err != nil {
		return skf.DevInfo{}, as(err, fault.TokenAbsent, []fault.Code{fault.TokenRemoved}, "token", readable(d.name))
	}
	info, err := s.info(h)
	if err != nil {
		if s.host != nil {
			s.release("SKF_DisConnectDev", h)
		}
		return skf.DevInfo{}, err
	}
	d.handle, d.generation = h, s.generation
	d.link++
	return info, nil
}

// explain words an answer. Libraries say many things of a device that was pulled
// out; whether it is there tells.
func (d *device) explain(s *session, function string, code skf.Code, args ...any) error {
	err := s.answered(function, code, args...)
	if err == nil || !suspicious(code) || s.host == nil {
		return err
	}
	names, listed := s.devices()
	if code != skf.InvalidHandle && code != skf.DeviceRemoved && (listed != nil || slices.Contains(names, d.name)) {
		return err
	}
	d.lost = true
	gone := fault.Wrap(fault.TokenRemoved, code, "token", readable(d.name))
	gone.Args["raw"] = raw(code)
	return gone
}

// suspicious are the answers that may mean that the device is gone: those that
// say so, and those that say nothing.
func suspicious(code skf.Code) bool {
	switch code {
	case skf.DeviceRemoved, skf.InvalidHandle, skf.Fail, skf.UnknownErr, skf.FileErr, skf.ReadFileErr, skf.WriteFileErr, skf.ObjErr, skf.Timeout, skf.NotInitialize, skf.MemoryErr:
		return true
	}
	return code > skf.ReachMaxContainerCount || code < skf.Fail
}

// must calls a function of which every answer but SAR_OK is an error.
func (d *device) must(s *session, function string, args ...argument) error {
	code, err := s.call(function, quick, args...)
	if err != nil {
		return err
	}
	return d.explain(s, function, code)
}

// Info asks the device.
func (d *device) Info(ctx context.Context) (info token.Info, err error) {
	err = d.do(ctx, func(s *session) error {
		i, err := s.info(d.handle)
		if err != nil {
			return d.again(s, "SKF_GetDevInfo", err)
		}
		info = token.Info{
			Name: readable(d.name), Label: readable(i.Label), Serial: readable(i.Serial), Manufacturer: readable(i.Manufacturer),
			Version:  fmt.Sprintf("%d.%d", i.Firmware.Major, i.Firmware.Minor),
			Hardware: s.profile.Hardware, Total: int64(i.Total), Free: int64(i.Free),
		}
		return nil
	})
	return info, err
}

// again explains the answer inside an error that was worded without knowing of the
// device.
func (d *device) again(s *session, function string, err error) error {
	if code := answer(err); suspicious(code) && code != skf.OK {
		return d.explain(s, function, code)
	}
	return err
}

// SetLabel names the device.
func (d *device) SetLabel(ctx context.Context, label string) error {
	if err := token.CheckName(label, token.MaxLabel); err != nil {
		return err
	}
	return d.do(ctx, func(s *session) error { return d.must(s, "SKF_SetLabel", word(d.handle), text(label)) })
}

// Authenticate answers a challenge of the device with its key.
func (d *device) Authenticate(ctx context.Context, key token.AuthKey) error {
	return d.do(ctx, func(s *session) error {
		info, err := s.info(d.handle)
		if err != nil {
			return d.again(s, "SKF_GetDevInfo", err)
		}
		challenge := room(challengeSize)
		if err := d.must(s, "SKF_GenRandom", word(d.handle), challenge, word(challengeSize)); err != nil {
			return err
		}
		var block [16]byte // the challenge, and zeros
		copy(block[:], challenge.data)
		if err := d.seal(s, key, info.Auth, block[:]); err != nil {
			return err
		}
		code, err := s.call("SKF_DevAuth", slow, word(d.handle), input(block[:]), word(len(block)))
		if err != nil {
			return err
		}
		err = d.explain(s, "SKF_DevAuth", code)
		err = as(err, fault.TokenAuthIncorrect, []fault.Code{fault.PINIncorrect}, "left", untold{})
		return as(err, fault.TokenAuthLocked, []fault.Code{fault.PINLocked})
	})
}

const challengeSize = 8 // what cards compare

// untold is a number that SKF has no way to tell.
type untold struct{}

// Words returns 未知次数 or "an unknown number of".
func (untold) Words(lang fault.Lang) string {
	if lang == fault.ZH {
		return "未知"
	}
	return "an unknown number of"
}

// seal encrypts a block under the device key: here where it is SM4, else in the
// device.
func (d *device) seal(s *session, key token.AuthKey, alg uint32, block []byte) error {
	secret := make([]byte, 16)
	defer clear(secret)
	copy(secret, key.Bytes())
	if alg == skf.SM4ECB || alg == 0 {
		c, err := sm4.NewCipher(secret)
		if err != nil {
			return err
		}
		c.Encrypt(block, block)
		return nil
	}
	handle, err := s.handle("SKF_SetSymmKey", word(d.handle), input(secret), word(alg))
	if err != nil {
		return err
	}
	defer s.release("SKF_CloseHandle", handle)
	param := skf.BlockParam{Padding: skf.NoPadding}.Marshal(s.layout)
	if err := d.must(s, "SKF_EncryptInit", word(handle), byValue(param)); err != nil {
		return err
	}
	sealed, err := s.exact("SKF_Encrypt", dataRoom, word(handle), input(block), word(len(block)))
	if err == nil && len(sealed) != len(block) {
		err = s.garbled("SKF_Encrypt", fmt.Errorf("%d octets", len(sealed)))
	}
	copy(block, sealed)
	return err
}

// ChangeAuthKey replaces the device key.
func (d *device) ChangeAuthKey(ctx context.Context, key token.AuthKey) error {
	if key.Equal(token.DefaultAuthKey()) {
		return fault.New(fault.TokenAuthDefault)
	}
	if len(key.Bytes()) != 16 {
		return errors.New("skf: a device key has 16 octets")
	}
	return d.do(ctx, func(s *session) error {
		secret := slices.Clone(key.Bytes())
		defer clear(secret)
		return authRequired(d.must(s, "SKF_ChangeDevAuthKey", word(d.handle), input(secret), word(16)))
	})
}

// authRequired: without the device key libraries say that nobody has logged in.
func authRequired(err error) error {
	err = as(err, fault.TokenAuthRequired, []fault.Code{fault.PINNotVerified})
	if answer(err) == skf.NotInitialize {
		return as(err, fault.TokenAuthDefault, []fault.Code{fault.SKFFailed})
	}
	return err
}

// Applications lists the applications.
func (d *device) Applications(ctx context.Context) ([]string, error) {
	var names []string
	err := d.do(ctx, func(s *session) error {
		listed, err := s.list("SKF_EnumApplication", word(d.handle))
		names = texts(listed)
		return d.again(s, "SKF_EnumApplication", err)
	})
	return names, err
}

// OpenApplication opens an application.
func (d *device) OpenApplication(ctx context.Context, name string) (token.Application, error) {
	a := &application{dev: d, name: name}
	err := d.do(ctx, func(s *session) error {
		a.birth = s.deleted[a.place()]
		if err := a.open(s); err != nil {
			return err
		}
		s.apps = append(s.apps, a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// CreateApplication makes an application. Whether the first PIN must be changed
// before keys are used is the device's to say, not spec.KeepFirstPIN's.
func (d *device) CreateApplication(ctx context.Context, spec token.ApplicationSpec) (token.Application, error) {
	if err := checkSpec(d.lib.profile, spec); err != nil {
		return nil, err
	}
	a := &application{dev: d, name: spec.Name}
	err := d.do(ctx, func(s *session) error {
		admin, user := secret(spec.AdminPIN), secret(spec.UserPIN)
		defer clear(admin)
		defer clear(user)
		out := &slot{}
		code, err := s.call("SKF_CreateApplication", slow, word(d.handle), text(spec.Name), admin, word(tries(spec.AdminTries)),
			user, word(tries(spec.UserTries)), word(spec.CreateFiles), out)
		if err != nil {
			return err
		}
		if err := d.explain(s, "SKF_CreateApplication", code, "app", spec.Name, "name", spec.Name, "max", token.MaxName, "limit", untold{}); err != nil {
			return authRequired(err)
		}
		s.hands[out.value]++
		a.adopt(s, out.value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func checkSpec(p Profile, spec token.ApplicationSpec) error {
	if err := token.CheckName(spec.Name, token.MaxName); err != nil {
		return err
	}
	for _, pin := range []token.PIN{spec.UserPIN, spec.AdminPIN} {
		if err := checkLength(p, pin); err != nil {
			return err
		}
	}
	for _, n := range []int{spec.UserTries, spec.AdminTries} {
		if n < 0 || n > token.Tries {
			return fmt.Errorf("skf: %d tries: 1 to %d", n, token.Tries)
		}
	}
	if !spec.CreateFiles.Valid() {
		return errRights
	}
	return nil
}

func tries(n int) int {
	if n == 0 {
		return token.Tries
	}
	return n
}

// DeleteApplication destroys an application.
func (d *device) DeleteApplication(ctx context.Context, name string) error {
	return d.do(ctx, func(s *session) error {
		listed, err := s.asListed(name, "SKF_EnumApplication", word(d.handle))
		if err != nil {
			return err
		}
		code, err := s.call("SKF_DeleteApplication", slow, word(d.handle), text(listed))
		if err != nil {
			return err
		}
		err = authRequired(d.explain(s, "SKF_DeleteApplication", code, "app", name))
		if err == nil {
			s.deleted[(&application{dev: d, name: name}).place()]++
		}
		return err
	})
}

// Close ends the connection and its applications.
func (d *device) Close() error {
	<-d.lib.turn
	defer func() { d.lib.turn <- struct{}{} }()
	if d.closed {
		return nil
	}
	s := &session{d.lib, context.Background()}
	for _, a := range slices.Clone(s.apps) {
		if a.dev == d {
			a.end(s)
		}
	}
	if s.host != nil && d.generation == s.generation && !d.lost {
		s.release("SKF_DisConnectDev", d.handle)
	}
	d.closed = true
	return nil
}
