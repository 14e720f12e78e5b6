package skfabi

import (
	"context"

	"xinzhang/internal/format/skf"
)

// challengeSize is how much of a challenge is compared: cards compare 8 octets,
// so that programs may draw 8 and add zeros, or draw 16.
const challengeSize = 8

// A challenged is a device that compares the answer to a challenge: one block of
// SM4 under the device key. Tries are counted as by Authenticate.
type challenged interface {
	AuthenticateAnswer(ctx context.Context, challenge [challengeSize]byte, answer [16]byte) error
}

// DevAuth takes the answer to the last challenge, 16 octets; a challenge is
// answered once.
func (l *Library) DevAuth(h Handle, answer []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, d *device) error {
		own, ok := d.token.(challenged)
		switch {
		case !ok:
			return skf.NotSupportYet
		case len(answer) != 16:
			return skf.InDataLenErr
		case d.challenge == nil:
			return skf.NotInitialize
		}
		challenge := [challengeSize]byte(d.challenge)
		d.challenge = nil
		return own.AuthenticateAnswer(ctx, challenge, [16]byte(answer))
	})
}
