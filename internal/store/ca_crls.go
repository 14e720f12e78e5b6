package store

import (
	"context"
	"database/sql"
	"errors"

	"xinzhang/internal/ca"
)

const crlColumns = `issuer, number, digest, entries, this_update, next_update, der`

func scanCRL(r row) (c ca.CRLRecord, err error) {
	var this, next int64
	err = r.Scan(&c.Issuer, &c.Number, &c.Digest, &c.Entries, &this, &next, &c.DER)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ca.ErrNotFound
	}
	c.ThisUpdate, c.NextUpdate = fromMillis(this), fromMillis(next)
	return c, err
}

// Listed implements [ca.CRLs].
func (s *CA) Listed(ctx context.Context, issuer string) ([]ca.Record, error) {
	rows, err := s.db.sql.QueryContext(ctx,
		`SELECT `+certificateFacts+` FROM ca_certificate WHERE issuer = $1 AND state IN ('held', 'revoked') ORDER BY serial`, issuer)
	return collect(rows, err, scanFacts)
}

// LastCRLNumber implements [ca.CRLs].
func (s *CA) LastCRLNumber(ctx context.Context, issuer string) (n int64, err error) {
	err = s.db.sql.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM ca_crl WHERE issuer = $1`, issuer).Scan(&n)
	return n, err
}

// RecordCRL implements [ca.CRLs].
func (s *CA) RecordCRL(ctx context.Context, c ca.CRLRecord) error {
	_, err := s.db.sql.ExecContext(ctx,
		`INSERT INTO ca_crl (issuer, number, digest, state, entries, this_update, next_update, note)
		 VALUES ($1, $2, $3, 'recorded', $4, $5, $6, '')`,
		c.Issuer, c.Number, c.Digest, c.Entries, millis(c.ThisUpdate), millis(c.NextUpdate))
	if isTaken(err) {
		return ca.ErrTaken
	}
	return err
}

// StoreCRL implements [ca.CRLs].
func (s *CA) StoreCRL(ctx context.Context, issuer string, number int64, der []byte) error {
	res, err := s.db.sql.ExecContext(ctx,
		`UPDATE ca_crl SET state = 'stored', der = $3 WHERE issuer = $1 AND number = $2 AND state = 'recorded'`,
		issuer, number, der)
	return one(res, err, ca.ErrConflict)
}

// LatestCRL implements [ca.CRLs].
func (s *CA) LatestCRL(ctx context.Context, issuer string) (ca.CRLRecord, error) {
	return scanCRL(s.db.sql.QueryRowContext(ctx,
		`SELECT `+crlColumns+` FROM ca_crl WHERE issuer = $1 AND state = 'stored' ORDER BY number DESC LIMIT 1`, issuer))
}

// RetireCRLs implements [ca.CRLs].
func (s *CA) RetireCRLs(ctx context.Context) (retired []ca.CRLRecord, err error) {
	err = s.db.change(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+crlColumns+` FROM ca_crl WHERE state = 'recorded' ORDER BY issuer, number`)
		if retired, err = collect(rows, err, scanCRL); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx,
			`UPDATE ca_crl SET state = 'retired', note = 'never completed: the program stopped' WHERE state = 'recorded'`)
		return err
	})
	return retired, err
}
