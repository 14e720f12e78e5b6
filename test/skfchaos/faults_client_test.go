package skfchaos_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf"
	"xinzhang/test/skfchaos"
)

const (
	user  = "Qx7-3058"
	wrong = "715204"
	admin = "Admin+60918273"
)

// prepared is a client whose token has an application with the user's own PIN, and
// a container with a key and its certificate.
func prepared(t *testing.T, library string, profile skf.Profile) *client {
	t.Helper()
	c := open(t, library, profile)
	c.prepare()
	return c
}

// prepare makes the token of a person, and returns the certificate.
func (c *client) prepare() []byte {
	c.Helper()
	t := c.T
	dev, err := c.Connect(t.Context(), c.name)
	c.must(err)
	c.must(dev.Authenticate(t.Context(), deviceKey()))
	app, err := dev.CreateApplication(t.Context(), token.ApplicationSpec{Name: "APP", UserPIN: pin(user), AdminPIN: pin(admin), CreateFiles: token.ByUser})
	c.must(err)
	c.must(app.VerifyPIN(t.Context(), token.UserPIN, pin(user)))
	box, err := app.CreateContainer(t.Context(), "sign-1")
	c.must(err)
	pub, err := box.GenerateSigningKey(t.Context())
	c.must(err)
	certificate := certify(t, pub)
	c.must(box.ImportCertificate(t.Context(), token.Signing, certificate))
	c.must(dev.Close())
	return certificate
}

func (c *client) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// tries is what the token itself says is left of the user PIN.
func (c *client) tries() int {
	c.Helper()
	c.switches("")
	dev, err := c.Connect(c.Context(), c.name)
	c.must(err)
	defer func() { _ = dev.Close() }()
	app, err := dev.OpenApplication(c.Context(), "APP")
	c.must(err)
	info, err := app.PINInfo(c.Context(), token.UserPIN)
	c.must(err)
	return info.Left
}

// life is what a program does with a UKey: it opens everything, verifies the PIN
// once and signs.
func (c *client) life(ctx context.Context, p string) error {
	names, err := c.Devices(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fault.New(fault.TokenAbsent)
	}
	dev, err := c.Connect(ctx, "CHAOS-1")
	if err != nil {
		return err
	}
	defer func() { _ = dev.Close() }()
	if _, err := dev.Info(ctx); err != nil {
		return err
	}
	if _, err := dev.Applications(ctx); err != nil {
		return err
	}
	app, err := dev.OpenApplication(ctx, "APP")
	if err != nil {
		return err
	}
	if _, err := app.PINInfo(ctx, token.UserPIN); err != nil {
		return err
	}
	if err := app.VerifyPIN(ctx, token.UserPIN, pin(p)); err != nil {
		return err
	}
	if _, err := app.Containers(ctx); err != nil {
		return err
	}
	box, err := app.OpenContainer(ctx, "sign-1")
	if err != nil {
		return err
	}
	key, err := token.SigningKey(ctx, box)
	if err != nil {
		return err
	}
	value, err := key.SignDigest(ctx, [32]byte{1})
	if err != nil {
		return err
	}
	pub, err := box.ExportPublicKey(ctx, token.Signing)
	if err != nil {
		return err
	}
	sig, _, err := sm2enc.ParseSignature(value)
	if err != nil || !sm2enc.VerifyDigest(pub, [32]byte{1}, sig) {
		return errors.New("a wrong signature came out")
	}
	return nil
}

const fine = fault.Code("") // nothing is told: the work is done

// The fixed list: what a person is told for each fault, and whether the right PIN
// that was entered cost a try. Our own process lives on in every case, no PIN is
// sent twice, and without the fault everything works again.
var faults = []struct {
	switches string
	told     fault.Code
	spent    int // tries of the user PIN
}{
	// any call
	{"crash@SKF_EnumDev", fault.SKFCrashed, 0},
	{"crash@load", fault.SKFCrashed, 0},
	{"hang@load", fault.SKFHung, 0},
	{"crash@SKF_ConnectDev", fault.SKFCrashed, 0},
	{"crash@SKF_VerifyPIN", fault.SKFCrashed, 0},
	{"crash-late@SKF_VerifyPIN", fault.SKFCrashed, 0},
	{"crash@SKF_ECCSignData", fault.SKFCrashed, 0},
	{"crash-late@SKF_ECCSignData", fault.SKFCrashed, 0},
	{"abort@SKF_ECCSignData", fault.SKFCrashed, 0},
	{"exit@SKF_ECCSignData=0", fault.SKFCrashed, 0},
	{"quick-exit@SKF_ExportCertificate=0", fault.SKFCrashed, 0},
	{"overflow@SKF_OpenContainer", fault.SKFCrashed, 0},
	{"hang@SKF_VerifyPIN", fault.SKFHung, 0},
	{"hang@SKF_ECCSignData", fault.SKFHung, 0},
	{"slow@*=5", fine, 0},
	{"dialog@SKF_VerifyPIN", fault.SKFHung, 0},
	{"remove@SKF_ECCSignData", fault.TokenRemoved, 0},
	{"remove@SKF_ECCSignData=0A000001", fault.TokenRemoved, 0},
	{"remove@SKF_VerifyPIN=0A000005", fault.TokenRemoved, 0},
	{"busy@SKF_ECCSignData", fault.TokenBusy, 0},
	{"vendor-code@SKF_ECCSignData", fault.SKFFailed, 0},
	{"answer@SKF_ECCSignData=0A000003", fault.SKFUnsupported, 0},
	{"answer@SKF_ECCSignData=0A00002D", fault.PINNotVerified, 0},
	{"print@*=XS", fine, 0},
	{"flood@SKF_OpenContainer=20000", fine, 0},
	{"close-output@SKF_EnumDev", fine, 0},
	{"signals@SKF_EnumDev", fine, 0},
	{"leak@SKF_EnumDev=100000", fine, 0},
	{"linger@SKF_EnumDev=3", fine, 0},
	{"linger@SKF_ConnectDev=3; crash@SKF_ECCSignData", fault.SKFCrashed, 0},
	// lengths
	{"lie-length=huge", fine, 0},
	{"lie-length=max", fine, 0},
	{"lie-answer=+7", fine, 0},
	{"lie-answer=-7", fine, 0},
	{"silent-length", fine, 0},
	{"no-query", fine, 0},
	{"ignore-length", fine, 0},
	{"overrun@SKF_GetDevInfo=8", fault.SKFLayoutUnknown, 0},
	{"overrun@SKF_ECCSignData=8", fine, 0},
	{"overrun@SKF_EnumDev=8", fault.SKFOverran, 0},
	// lists
	{"list-none@SKF_EnumDev", fault.TokenAbsent, 0},
	{"list-empty=0; list-none@SKF_EnumContainer", fine, 0},
	{"list-empty=1; list-none@SKF_EnumContainer", fine, 0},
	{"list-empty=2; list-none@SKF_EnumContainer", fine, 0},
	{"list-unterminated", fine, 0},
	{"list-unterminated=x", fine, 0},
	{"list-gbk", fine, 0},
	{"list-junk", fine, 0},
	{"list-long", fine, 0},
	{"list-many@SKF_EnumContainer", fault.SKFGarbled, 0},
	// handles and devices
	{"null-handle@SKF_ConnectDev", fault.SKFGarbled, 0},
	{"null-handle@SKF_OpenContainer", fault.SKFGarbled, 0},
	{"wrong-handle-crash", fine, 0},
	{"devinfo-unterminated", fine, 0},
	{"devinfo-nothing", fault.SKFLayoutUnknown, 0},
	{"devinfo-old", fine, 0},
	// PINs
	{"lie-tries=99", fault.SKFGarbled, 0},
	{"silent-tries", fault.SKFGarbled, 0},
	{"no-tries", fault.SKFUnsupported, 0},
	{"forget-pin", fault.PINNotVerified, 0},
	// certificates and keys
	{"garbage-cert", fault.SKFGarbled, 0},
	{"truncated-cert", fault.SKFGarbled, 0},
	{"padded-cert", fine, 0},
	{"empty-cert", fault.ContainerNoCertificate, 0},
	{"off-curve", fault.SKFGarbled, 0},
	{"lie-bits=512", fault.SKFGarbled, 0},
	{"foreign-key", fault.SKFSignatureWrong, 0},
	{"sign-data", fault.SKFNeedsMessage, 0},
	{"wrong-signature", fault.SKFSignatureWrong, 0},
	{"foreign-signature", fault.SKFSignatureWrong, 0},
	{"zero-signature", fault.SKFGarbled, 0},
	{"negative-signature", fault.SKFGarbled, 0},
	{"big-signature", fault.SKFSignatureWrong, 0},
	{"random-signature", fault.SKFGarbled, 0},
	{"no-signature", fault.SKFGarbled, 0},
	{"left-aligned@SKF_ECCSignData", fault.SKFGarbled, 0},
	{"zero-random", fine, 0},
	{"lie-type=1", fine, 0},
}

func TestWhatAPersonIsTold(t *testing.T) {
	library := skfchaos.Build(t, skfchaos.Layouts[0])
	for _, tt := range faults {
		t.Run(tt.switches, func(t *testing.T) {
			c := prepared(t, library, skf.Profile{})
			c.switches(tt.switches)
			c.restart()
			err := c.life(t.Context(), user)
			if tt.told == fine && err != nil || tt.told != fine && !errors.Is(err, tt.told) {
				t.Errorf("told %v, want %q", err, tt.told)
			}
			_ = os.Remove(filepath.Join(c.dir, "CHAOS-1.gone"))
			if spent := 10 - c.tries(); spent != tt.spent {
				t.Errorf("%d tries of the PIN were spent, want %d", spent, tt.spent)
			}
			if err := c.life(t.Context(), user); err != nil {
				t.Errorf("without the fault: %v", err)
			}
		})
	}
}

// A wrong PIN reaches the token once, whatever the library does: what it costs is
// at most the one try of the person who typed it.
func TestAWrongPINIsSentOnce(t *testing.T) {
	library := skfchaos.Build(t, skfchaos.Layouts[0])
	for _, tt := range []struct {
		switches string
		told     fault.Code
		left     any // that is told
		spent    int
	}{
		{"", fault.PINIncorrect, 9, 1},
		{"crash@SKF_VerifyPIN", fault.SKFCrashed, nil, 0},
		{"crash-late@SKF_VerifyPIN", fault.SKFCrashed, nil, 1},
		{"crash-save@SKF_VerifyPIN", fault.SKFCrashed, nil, 0},
		{"hang@SKF_VerifyPIN", fault.SKFHung, nil, 0},
		{"hang-late@SKF_VerifyPIN", fault.SKFHung, nil, 1},
		{"remove@SKF_VerifyPIN", fault.TokenRemoved, nil, 0},
		{"busy@SKF_VerifyPIN", fault.TokenBusy, nil, 0},
		{"vendor-code@SKF_VerifyPIN", fault.SKFFailed, nil, 0},
		{"silent-tries@SKF_VerifyPIN", fault.PINIncorrect, 9, 1},
		{"lie-tries@SKF_VerifyPIN=99", fault.PINIncorrect, 9, 1},
		{"lie-tries@SKF_VerifyPIN=-1", fault.PINIncorrect, 9, 1},
		{"print@*=XS", fault.PINIncorrect, 9, 1},
	} {
		t.Run(tt.switches, func(t *testing.T) {
			c := prepared(t, library, skf.Profile{})
			c.switches(tt.switches)
			c.restart()
			err := c.life(t.Context(), wrong)
			if !errors.Is(err, tt.told) {
				t.Errorf("told %v, want %s", err, tt.told)
			}
			if left := fault.Of(err).Args["left"]; left != tt.left {
				t.Errorf("told %v left, want %v", left, tt.left)
			}
			_ = os.Remove(filepath.Join(c.dir, "CHAOS-1.gone"))
			if spent := 10 - c.tries(); spent != tt.spent {
				t.Errorf("%d tries were spent, want %d", spent, tt.spent)
			}
		})
	}
}
