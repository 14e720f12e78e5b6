package roundtrip

import (
	"context"
	"crypto/ecdsa"

	"xinzhang/internal/fixture"
	"xinzhang/internal/keyring"
	"xinzhang/internal/token"
)

// Flash provides one UKey with the signing key of holder, in memory. Any PIN opens
// it, so that what is measured is the agent and not Argon2id.
func Flash(holder *fixture.Holder) keyring.Provider { return flashProvider{&flash{holder: holder}} }

// A flash is that UKey. What is not asked for here is the nil interface's.
type flash struct {
	token.Device
	token.Application
	token.Container
	holder *fixture.Holder
}

type (
	flashProvider  struct{ *flash }
	flashDevice    struct{ *flash }
	flashApp       struct{ *flash }
	flashContainer struct{ *flash }
)

func (flashProvider) Kind() string                              { return "soft" }
func (flashProvider) Watch(ctx context.Context, _ func())       { <-ctx.Done() }
func (flashProvider) Devices(context.Context) ([]string, error) { return []string{"flash"}, nil }
func (f flashProvider) Connect(context.Context, string) (token.Device, error) {
	return flashDevice(f), nil
}
func (flashDevice) Info(context.Context) (token.Info, error)       { return token.Info{Serial: "1"}, nil }
func (flashDevice) Applications(context.Context) ([]string, error) { return []string{"APP"}, nil }
func (f flashDevice) OpenApplication(context.Context, string) (token.Application, error) {
	return flashApp(f), nil
}
func (flashDevice) Close() error { return nil }
func (flashApp) Name() string    { return "APP" }
func (flashApp) Close() error    { return nil }
func (flashApp) PINInfo(context.Context, token.PINKind) (token.PINInfo, error) {
	return token.PINInfo{Max: 10, Left: 10}, nil
}
func (flashApp) VerifyPIN(context.Context, token.PINKind, token.PIN) error { return nil }
func (flashApp) ClearSecureState(context.Context) error                    { return nil }
func (flashApp) Files(context.Context) ([]token.FileInfo, error)           { return nil, nil }
func (flashApp) Containers(context.Context) ([]string, error)              { return []string{"c"}, nil }
func (f flashApp) OpenContainer(context.Context, string) (token.Container, error) {
	return flashContainer(f), nil
}
func (flashContainer) Name() string { return "c" }
func (f flashContainer) ExportCertificate(context.Context, token.KeyUse) ([]byte, error) {
	return f.holder.Certificate(), nil
}
func (f flashContainer) ExportPublicKey(context.Context, token.KeyUse) (*ecdsa.PublicKey, error) {
	return &f.holder.Key.PublicKey, nil
}
func (f flashContainer) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	return f.holder.SignDigest(ctx, e)
}
