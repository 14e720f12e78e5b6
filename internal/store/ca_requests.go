package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"xinzhang/internal/ca"
)

// CA is the store of the authority.
type CA struct{ db *DB }

// CA returns the store of the authority, a [ca.Store].
func (db *DB) CA() *CA { return &CA{db} }

var _ ca.Store = (*CA)(nil)

// StartSetup implements [ca.Founding].
func (s *CA) StartSetup(ctx context.Context, spec string, at time.Time) error {
	_, err := s.db.sql.ExecContext(ctx,
		`INSERT INTO ca_setup (id, spec, state, started_at) VALUES ('ca', $1, 'started', $2)`, spec, millis(at))
	if isTaken(err) {
		return ca.ErrTaken
	}
	return err
}

// Setup implements [ca.Founding].
func (s *CA) Setup(ctx context.Context) (spec string, done bool, err error) {
	var state string
	err = s.db.sql.QueryRowContext(ctx, `SELECT spec, state FROM ca_setup WHERE id = 'ca'`).Scan(&spec, &state)
	if errors.Is(err, sql.ErrNoRows) {
		err = ca.ErrNotFound
	}
	return spec, state == "done", err
}

// FinishSetup implements [ca.Founding].
func (s *CA) FinishSetup(ctx context.Context, at time.Time) error {
	res, err := s.db.sql.ExecContext(ctx,
		`UPDATE ca_setup SET state = 'done', done_at = $1 WHERE id = 'ca' AND state = 'started'`, millis(at))
	return one(res, err, ca.ErrConflict)
}

// DropSetup implements [ca.Founding].
func (s *CA) DropSetup(ctx context.Context) error {
	res, err := s.db.sql.ExecContext(ctx,
		`DELETE FROM ca_setup WHERE state = 'started' AND NOT EXISTS (SELECT 1 FROM ca_request)`)
	return one(res, err, ca.ErrConflict)
}

const requestColumns = `id, digest, dual, state, attempt, COALESCE(signing_serial, ''), COALESCE(encryption_serial, ''),
	enveloped_key, key_duty, opened_at, closed_at, note`

func scanRequest(r row) (q ca.RequestRecord, err error) {
	var opened int64
	var closed sql.NullInt64
	err = r.Scan(&q.ID, &q.Digest, &q.Dual, &q.State, &q.Attempt, &q.SigningSerial, &q.EncryptionSerial,
		&q.EnvelopedKey, &q.KeyDuty, &opened, &closed, &q.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return q, ca.ErrNotFound
	}
	q.OpenedAt, q.ClosedAt = fromMillis(opened), fromNull(closed)
	return q, err
}

func requestByID(ctx context.Context, tx *sql.Tx, id string) (ca.RequestRecord, error) {
	return scanRequest(tx.QueryRowContext(ctx, `SELECT `+requestColumns+` FROM ca_request WHERE id = $1`, id))
}

// OpenRequest implements [ca.Requests].
func (s *CA) OpenRequest(ctx context.Context, r ca.RequestRecord) (got ca.RequestRecord, err error) {
	err = s.db.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO ca_request (id, digest, dual, state, attempt, key_duty, opened_at, note)
			 VALUES ($1, $2, $3, 'open', 1, '', $4, '') ON CONFLICT (id) DO NOTHING`,
			r.ID, r.Digest, r.Dual, millis(r.OpenedAt))
		if err != nil {
			return err
		}
		// Again only when the key centre knows of the last attempt's end.
		_, err = tx.ExecContext(ctx,
			`UPDATE ca_request SET state = 'open', digest = $2, dual = $3, attempt = attempt + 1, opened_at = $4,
			 closed_at = NULL, note = '' WHERE id = $1 AND state IN ('refused', 'abandoned') AND key_duty = ''`,
			r.ID, r.Digest, r.Dual, millis(r.OpenedAt))
		if err != nil {
			return err
		}
		got, err = requestByID(ctx, tx, r.ID)
		return err
	})
	return got, err
}

// Request implements [ca.Requests].
func (s *CA) Request(ctx context.Context, id string) (ca.RequestRecord, error) {
	return scanRequest(s.db.sql.QueryRowContext(ctx, `SELECT `+requestColumns+` FROM ca_request WHERE id = $1`, id))
}

// RecordCertificates implements [ca.Requests].
func (s *CA) RecordCertificates(ctx context.Context, request string, records []ca.Record) error {
	err := s.db.change(ctx, func(tx *sql.Tx) error {
		var signing, encryption sql.NullString
		for _, r := range records {
			if err := insertCertificate(ctx, tx, request, r); err != nil {
				return err
			}
			serial := sql.NullString{String: r.Serial, Valid: true}
			if r.Half == ca.EncryptionHalf {
				encryption = serial
			} else {
				signing = serial
			}
		}
		res, err := tx.ExecContext(ctx,
			`UPDATE ca_request SET signing_serial = $2, encryption_serial = $3
			 WHERE id = $1 AND state = 'open' AND signing_serial IS NULL`, request, signing, encryption)
		return one(res, err, ca.ErrConflict)
	})
	if isTaken(err) {
		return ca.ErrTaken
	}
	return err
}

func insertCertificate(ctx context.Context, tx *sql.Tx, request string, r ca.Record) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO ca_certificate (serial, issuer, request, profile, half, pair, holder, organisation,
		 not_before, not_after, tbs, state, reason, recorded_at, note)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'recorded', 0, $12, '')`,
		r.Serial, r.Issuer, request, r.Profile, r.Half, r.Pair, r.Holder, r.Organisation,
		millis(r.NotBefore), millis(r.NotAfter), r.TBS, millis(r.RecordedAt))
	return err
}

// FinishRequest implements [ca.Requests].
func (s *CA) FinishRequest(ctx context.Context, id string, envelopedKey []byte, at time.Time) error {
	res, err := s.db.sql.ExecContext(ctx,
		`UPDATE ca_request SET state = 'done', enveloped_key = $2, closed_at = $3 WHERE id = $1 AND state = 'open'`,
		id, envelopedKey, millis(at))
	return one(res, err, ca.ErrConflict)
}

// AbandonRequest implements [ca.Requests].
func (s *CA) AbandonRequest(ctx context.Context, id string, end ca.End) error {
	return s.db.change(ctx, func(tx *sql.Tx) error {
		r, err := requestByID(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, serial := range []string{r.SigningSerial, r.EncryptionSerial} {
			if err := voidCertificate(ctx, tx, serial, end); err != nil {
				return err
			}
		}
		duty := ca.NoDuty
		if r.Dual && r.SigningSerial == "" {
			duty = ca.ReleaseDuty
		} else if r.Dual {
			duty = ca.ArchiveDuty
		}
		res, err := tx.ExecContext(ctx,
			`UPDATE ca_request SET state = $2, signing_serial = NULL, encryption_serial = NULL, enveloped_key = NULL,
			 key_duty = $3, closed_at = $4, note = $5 WHERE id = $1 AND state IN ('open', 'done')`,
			id, end.State, duty, millis(end.At), end.Note)
		return one(res, err, ca.ErrConflict)
	})
}

// voidCertificate retires what was never signed and revokes what is or may be.
func voidCertificate(ctx context.Context, tx *sql.Tx, serial string, end ca.End) error {
	_, err := tx.ExecContext(ctx,
		`UPDATE ca_certificate SET state = 'retired', note = $2 WHERE serial = $1 AND state = 'recorded'`, serial, end.Note)
	if err != nil {
		return err
	}
	if err := endHold(ctx, tx, serial, "revoked", end.At); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		`UPDATE ca_certificate SET state = 'revoked', reason = $2, revoked_at = $3, held_at = NULL, note = $4
		 WHERE serial = $1 AND state IN ('signing', 'valid', 'held')`, serial, end.Reason, millis(end.At), end.Note)
	return err
}

// Unsettled implements [ca.Requests].
func (s *CA) Unsettled(ctx context.Context) ([]ca.RequestRecord, error) {
	rows, err := s.db.sql.QueryContext(ctx, `SELECT `+requestColumns+` FROM ca_request WHERE state = 'open'
		UNION SELECT `+requestColumns+` FROM ca_request WHERE key_duty <> '' ORDER BY opened_at, id`)
	return collect(rows, err, scanRequest)
}

// ClearDuty implements [ca.Requests].
func (s *CA) ClearDuty(ctx context.Context, id string) error {
	_, err := s.db.sql.ExecContext(ctx, `UPDATE ca_request SET key_duty = '' WHERE id = $1`, id)
	return err
}
