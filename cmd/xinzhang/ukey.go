package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"math/big"
	"path/filepath"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/home"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
)

// ukeyApplication is the application that our UKeys keep their containers in.
const ukeyApplication = "XINZHANG"

// A ukey is an open UKey with its application. Close it at the end.
type ukey struct {
	token.Application
	device token.Device
}

func (k *ukey) Close() error { return errors.Join(k.Application.Close(), k.device.Close()) }

// createUKey makes a software UKey with one empty application. authKey guards
// the making of further applications.
func createUKey(ctx context.Context, dir home.Dir, name, label string, authKey token.AuthKey, admin, user token.PIN) (*ukey, error) {
	device, err := soft.New(dir.Tokens()).Create(ctx, soft.Spec{Name: name, Label: label, AuthKey: authKey})
	if err != nil {
		return nil, err
	}
	app, err := func() (token.Application, error) {
		if err := device.Authenticate(ctx, authKey); err != nil {
			return nil, err
		}
		return device.CreateApplication(ctx, token.ApplicationSpec{
			Name: ukeyApplication, AdminPIN: admin, UserPIN: user, CreateFiles: token.ByUser,
		})
	}()
	if err != nil {
		return nil, errors.Join(err, device.Close())
	}
	return &ukey{app, device}, nil
}

// ukeySuffix ends the names of the files that hold UKeys.
const ukeySuffix = ".ukey"

// ukeyFile takes the path of the file of a UKey apart.
func ukeyFile(path string) (folder, name string, isFile bool) {
	name, isFile = strings.CutSuffix(filepath.Base(path), ukeySuffix)
	return filepath.Dir(path), name, isFile
}

// signingKey returns the key of a container, or, when none is named, the one
// whose certificate may use seal. None is fault.UKEYNotForSeal, several are
// fault.UKEYSeveralForSeal.
func signingKey(ctx context.Context, k *ukey, seal *ses.Seal, container string) (*token.Key, error) {
	if container != "" { // whether it fits is for the rehearsal to say
		c, err := k.OpenContainer(ctx, container)
		if err != nil {
			return nil, err
		}
		return token.SigningKey(ctx, c)
	}
	names, err := k.Containers(ctx)
	if err != nil {
		return nil, err
	}
	var key *token.Key
	var fitting []string
	for _, name := range names {
		found, err := signingKey(ctx, k, seal, name)
		if errors.Is(err, fault.ContainerNoCertificate) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if seal.Allows(found.Certificate()) {
			key, fitting = found, append(fitting, name)
		}
	}
	switch len(fitting) {
	case 0:
		return nil, fault.New(fault.UKEYNotForSeal, "seal", seal.Info.Name)
	case 1:
		return key, nil
	}
	return nil, fault.New(fault.UKEYSeveralForSeal, "seal", seal.Info.Name, "containers", strings.Join(fitting, ", "))
}

// randomPIN draws a PIN of eight digits, for a first PIN that must be changed.
func randomPIN() ([]byte, error) {
	pin := make([]byte, 8)
	for i := range pin {
		n, err := rand.Int(rand.Reader, big.NewInt(10))
		if err != nil {
			return nil, fault.Wrap(fault.InternalError, err)
		}
		pin[i] = '0' + byte(n.Int64())
	}
	return pin, nil
}

// randomSecret draws a passphrase or an admin PIN of 16 hexadecimal digits.
func randomSecret() ([]byte, error) {
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		return nil, fault.Wrap(fault.InternalError, err)
	}
	return []byte(hex.EncodeToString(b)), nil
}

// randomAuthKey draws a device key.
func randomAuthKey() (token.AuthKey, error) {
	var key [16]byte
	_, err := rand.Read(key[:])
	return token.NewAuthKey(key), err
}
