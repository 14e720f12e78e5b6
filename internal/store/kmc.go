package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"xinzhang/internal/kmc"
)

// KMC is the store of the key centre.
type KMC struct{ db *DB }

// KMC returns the store of the key centre, a [kmc.Store].
func (db *DB) KMC() *KMC { return &KMC{db} }

var _ kmc.Store = (*KMC)(nil)

const kmcColumns = `id, public_key, escrowed, state, COALESCE(ref, ''), made_at, assigned_at, archived_at, note`

func scanKey(r row) (k kmc.Key, err error) {
	var made int64
	var assigned, archived sql.NullInt64
	err = r.Scan(&k.ID, &k.PublicKey, &k.Escrowed, &k.State, &k.Ref, &made, &assigned, &archived, &k.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return k, kmc.ErrNotFound
	}
	k.MadeAt, k.AssignedAt, k.ArchivedAt = fromMillis(made), fromNull(assigned), fromNull(archived)
	return k, err
}

// AddSpare implements [kmc.Store].
func (s *KMC) AddSpare(ctx context.Context, k kmc.Key) error {
	_, err := s.db.sql.ExecContext(ctx,
		`INSERT INTO kmc_key (id, public_key, escrowed, state, made_at, note) VALUES ($1, $2, $3, 'spare', $4, $5)`,
		k.ID, k.PublicKey, k.Escrowed, millis(k.MadeAt), k.Note)
	return err
}

// Assign implements [kmc.Store].
func (s *KMC) Assign(ctx context.Context, ref string, at time.Time) (k kmc.Key, err error) {
	err = s.db.change(ctx, func(tx *sql.Tx) error {
		if k, err = keyByRef(ctx, tx, ref); !errors.Is(err, kmc.ErrNotFound) {
			return err
		}
		res, err := tx.ExecContext(ctx,
			`UPDATE kmc_key SET state = 'active', ref = $1, assigned_at = $2 WHERE state = 'spare' AND id =
			 (SELECT id FROM kmc_key WHERE state = 'spare' ORDER BY made_at, id LIMIT 1)`, ref, millis(at))
		if err := one(res, err, kmc.ErrNoSpare); err != nil {
			return err
		}
		k, err = keyByRef(ctx, tx, ref)
		return err
	})
	return k, err
}

func keyByRef(ctx context.Context, tx *sql.Tx, ref string) (kmc.Key, error) {
	return scanKey(tx.QueryRowContext(ctx, `SELECT `+kmcColumns+` FROM kmc_key WHERE ref = $1`, ref))
}

// ByRef implements [kmc.Store].
func (s *KMC) ByRef(ctx context.Context, ref string) (kmc.Key, error) {
	return scanKey(s.db.sql.QueryRowContext(ctx, `SELECT `+kmcColumns+` FROM kmc_key WHERE ref = $1`, ref))
}

// RecordDelivery implements [kmc.Store].
func (s *KMC) RecordDelivery(ctx context.Context, id, keyID string, recipient []byte, at time.Time) error {
	_, err := s.db.sql.ExecContext(ctx,
		`INSERT INTO kmc_delivery (id, key_id, recipient, delivered_at) VALUES ($1, $2, $3, $4)`,
		id, keyID, recipient, millis(at))
	return err
}

// Release implements [kmc.Store].
func (s *KMC) Release(ctx context.Context, ref string) error {
	return s.db.change(ctx, func(tx *sql.Tx) error {
		if _, err := keyByRef(ctx, tx, ref); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx,
			`UPDATE kmc_key SET state = 'spare', ref = NULL, assigned_at = NULL WHERE ref = $1 AND state = 'active'
			 AND NOT EXISTS (SELECT 1 FROM kmc_delivery WHERE key_id = kmc_key.id)`, ref)
		return one(res, err, kmc.ErrConflict)
	})
}

// Archive implements [kmc.Store].
func (s *KMC) Archive(ctx context.Context, ref, note string, at time.Time) error {
	return s.db.change(ctx, func(tx *sql.Tx) error {
		if _, err := keyByRef(ctx, tx, ref); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx,
			`UPDATE kmc_key SET state = 'historic', archived_at = $2, note = $3 WHERE ref = $1 AND state = 'active'`,
			ref, millis(at), note)
		return one(res, err, kmc.ErrConflict)
	})
}

// Count implements [kmc.Store].
func (s *KMC) Count(ctx context.Context) (map[kmc.State]int, error) {
	type count struct {
		state kmc.State
		n     int
	}
	rows, err := s.db.sql.QueryContext(ctx, `SELECT state, COUNT(*) FROM kmc_key GROUP BY state`)
	counts, err := collect(rows, err, func(r row) (c count, err error) { return c, r.Scan(&c.state, &c.n) })
	all := map[kmc.State]int{}
	for _, c := range counts {
		all[c.state] = c.n
	}
	return all, err
}
