package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"xinzhang/internal/ca"
)

const (
	certificateFacts = `serial, issuer, request, profile, half, pair, holder, organisation, not_before, not_after,
	state, reason, recorded_at, signed_at, held_at, revoked_at, invalid_since, note`
	certificateColumns = certificateFacts + `, tbs, der`
)

func scanFacts(r row) (ca.Record, error) { return scanRecord(r) }

func scanCertificate(r row) (c ca.Record, err error) {
	var tbs, der []byte
	c, err = scanRecord(r, &tbs, &der)
	c.TBS, c.DER = tbs, der
	return c, err
}

func scanRecord(r row, more ...any) (c ca.Record, err error) {
	var before, after, recorded int64
	var signed, held, revoked, since sql.NullInt64
	err = r.Scan(append([]any{&c.Serial, &c.Issuer, &c.Request, &c.Profile, &c.Half, &c.Pair, &c.Holder, &c.Organisation,
		&before, &after, &c.State, &c.Reason, &recorded, &signed, &held, &revoked, &since, &c.Note}, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ca.ErrNotFound
	}
	c.NotBefore, c.NotAfter, c.RecordedAt = fromMillis(before), fromMillis(after), fromMillis(recorded)
	c.SignedAt, c.HeldAt, c.RevokedAt, c.InvalidSince = fromNull(signed), fromNull(held), fromNull(revoked), fromNull(since)
	return c, err
}

// StartSigning implements [ca.Certificates].
func (s *CA) StartSigning(ctx context.Context, serial string) error {
	res, err := s.db.sql.ExecContext(ctx,
		`UPDATE ca_certificate SET state = 'signing' WHERE serial = $1 AND state = 'recorded'`, serial)
	return one(res, err, ca.ErrConflict)
}

// StoreCertificate implements [ca.Certificates].
func (s *CA) StoreCertificate(ctx context.Context, serial string, der []byte, at time.Time) error {
	res, err := s.db.sql.ExecContext(ctx,
		`UPDATE ca_certificate SET state = 'valid', der = $2, signed_at = $3 WHERE serial = $1 AND state = 'signing'`,
		serial, der, millis(at))
	return one(res, err, ca.ErrConflict)
}

// Certificate implements [ca.Certificates].
func (s *CA) Certificate(ctx context.Context, serial string) (ca.Record, error) {
	return scanCertificate(s.db.sql.QueryRowContext(ctx,
		`SELECT `+certificateColumns+` FROM ca_certificate WHERE serial = $1`, serial))
}

// List implements [ca.Certificates].
func (s *CA) List(ctx context.Context, f ca.Filter) ([]ca.Record, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 1000
	}
	rows, err := s.db.sql.QueryContext(ctx,
		`SELECT `+certificateColumns+` FROM ca_certificate
		 WHERE ($1 = '' OR holder LIKE '%' || $1 || '%' ESCAPE '\' OR organisation LIKE '%' || $1 || '%' ESCAPE '\'
		        OR serial LIKE LOWER($1) || '%' ESCAPE '\')
		   AND ($2 = '' OR state = $2) AND (NOT $3 OR der IS NOT NULL)
		 ORDER BY recorded_at DESC, serial LIMIT $4`, likeText(f.Text), f.State, f.Issued, limit)
	return collect(rows, err, scanCertificate)
}

// Tally implements [ca.Certificates].
func (s *CA) Tally(ctx context.Context) (map[ca.State]int, error) {
	type count struct {
		state ca.State
		n     int
	}
	rows, err := s.db.sql.QueryContext(ctx, `SELECT state, COUNT(*) FROM ca_certificate GROUP BY state`)
	counts, err := collect(rows, err, func(r row) (c count, err error) { return c, r.Scan(&c.state, &c.n) })
	all := make(map[ca.State]int, len(counts))
	for _, c := range counts {
		all[c.state] = c.n
	}
	return all, err
}

// Holds implements [ca.Certificates].
func (s *CA) Holds(ctx context.Context, serial string) ([]ca.Hold, error) {
	rows, err := s.db.sql.QueryContext(ctx,
		`SELECT serial, held_at, ended_at, ended_by, note FROM ca_hold WHERE serial = $1 ORDER BY held_at`, serial)
	return collect(rows, err, func(r row) (h ca.Hold, err error) {
		var held int64
		var ended sql.NullInt64
		err = r.Scan(&h.Serial, &held, &ended, &h.EndedBy, &h.Note)
		h.HeldAt, h.EndedAt = fromMillis(held), fromNull(ended)
		return h, err
	})
}

// Revoke implements [ca.Certificates].
func (s *CA) Revoke(ctx context.Context, serials []string, r ca.Revocation) (int, error) {
	since := sql.NullInt64{Int64: millis(r.Since), Valid: !r.Since.IsZero()}
	return s.each(ctx, serials, func(tx *sql.Tx, serial string) (sql.Result, error) {
		if err := endHold(ctx, tx, serial, "revoked", r.At); err != nil {
			return nil, err
		}
		_, err := tx.ExecContext(ctx,
			`UPDATE ca_request SET key_duty = 'archive' WHERE encryption_serial = $1 AND state = 'done'
			 AND EXISTS (SELECT 1 FROM ca_certificate WHERE serial = $1 AND state IN ('valid', 'held'))`, serial)
		if err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx,
			`UPDATE ca_certificate SET state = 'revoked', reason = $2, revoked_at = $3, invalid_since = $4, held_at = NULL, note = $5
			 WHERE serial = $1 AND state IN ('valid', 'held')`, serial, r.Reason, millis(r.At), since, r.Note)
	})
}

// Suspend implements [ca.Certificates].
func (s *CA) Suspend(ctx context.Context, serials []string, note string, at time.Time) (int, error) {
	return s.each(ctx, serials, func(tx *sql.Tx, serial string) (sql.Result, error) {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO ca_hold (serial, held_at, ended_by, note)
			 SELECT serial, $2, '', $3 FROM ca_certificate WHERE serial = $1 AND state = 'valid'`, serial, millis(at), note)
		if err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx,
			`UPDATE ca_certificate SET state = 'held', held_at = $2, note = $3 WHERE serial = $1 AND state = 'valid'`,
			serial, millis(at), note)
	})
}

// Restore implements [ca.Certificates].
func (s *CA) Restore(ctx context.Context, serials []string, note string, at time.Time) (int, error) {
	return s.each(ctx, serials, func(tx *sql.Tx, serial string) (sql.Result, error) {
		if err := endHold(ctx, tx, serial, "restored", at); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx,
			`UPDATE ca_certificate SET state = 'valid', held_at = NULL, note = $2 WHERE serial = $1 AND state = 'held'`,
			serial, note)
	})
}

func endHold(ctx context.Context, tx *sql.Tx, serial, by string, at time.Time) error {
	_, err := tx.ExecContext(ctx,
		`UPDATE ca_hold SET ended_at = $2, ended_by = $3 WHERE serial = $1 AND ended_at IS NULL`, serial, millis(at), by)
	return err
}

// each changes all serials in one transaction and counts the rows that do
// changed.
func (s *CA) each(ctx context.Context, serials []string, do func(*sql.Tx, string) (sql.Result, error)) (changed int, err error) {
	err = s.db.change(ctx, func(tx *sql.Tx) error {
		for _, serial := range serials {
			res, err := do(tx, serial)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			changed += int(n)
		}
		return nil
	})
	return changed, err
}
