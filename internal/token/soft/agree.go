package soft

import (
	"context"
	"fmt"

	"github.com/emmansun/gmsm/ecdh"
	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/token"
)

// Agree takes part in the key exchange of GB/T 32918.3-2016 with the encryption
// key: it returns the point U (or V) made of the own pair, an ephemeral pair of
// the caller, and the peer's two public keys. It needs the user PIN, changed from
// the first. Without a key it returns [fault.KeyAbsent].
func (c *Container) Agree(ctx context.Context, ephemeral *ecdh.PrivateKey, peer, peerEphemeral *ecdh.PublicKey) (*ecdh.PublicKey, error) {
	var shared *ecdh.PublicKey
	err := c.unlocked(ctx, func(w desk) error {
		return w.withKey(token.Encryption, func(key *sm2.PrivateKey) error {
			if err := w.mayUse(nil); err != nil {
				return err
			}
			own, err := key.ECDH()
			if err != nil {
				return fmt.Errorf("agree: %w", err)
			}
			if shared, err = own.SM2MQV(ephemeral, peer, peerEphemeral); err != nil {
				return fmt.Errorf("agree: %w", err)
			}
			return nil
		})
	})
	return shared, err
}
