package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"xinzhang/internal/seals"
)

// Seals is the store of the seal makers.
type Seals struct{ db *DB }

// Seals returns the store of the seal makers, a [seals.Store].
func (db *DB) Seals() *Seals { return &Seals{db} }

var _ seals.Store = (*Seals)(nil)

const sealColumns = `es_id, edition, name, kind, type, holder, holder_serial, maker_serial, state, info, der,
	recorded_at, made_at, valid_start, valid_end, note`

func scanSeal(r row) (s seals.Record, err error) {
	var recorded, start, end int64
	var made sql.NullInt64
	err = r.Scan(&s.ID, &s.Edition, &s.Name, &s.Kind, &s.Type, &s.Holder, &s.HolderSerial, &s.MakerSerial, &s.State,
		&s.Info, &s.DER, &recorded, &made, &start, &end, &s.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return s, seals.ErrNotFound
	}
	s.RecordedAt, s.MadeAt = fromMillis(recorded), fromNull(made)
	s.ValidStart, s.ValidEnd = fromMillis(start), fromMillis(end)
	return s, err
}

// Record implements [seals.Store].
func (s *Seals) Record(ctx context.Context, r seals.Record, replace bool) (edition int, err error) {
	err = s.db.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`UPDATE seal SET state = 'retired', note = 'interrupted' WHERE es_id = $1 AND state = 'recorded'`, r.ID)
		if err != nil {
			return err
		}
		var valid int
		err = tx.QueryRowContext(ctx,
			`SELECT COALESCE(MAX(edition), 0) + 1, COUNT(CASE WHEN state = 'valid' THEN 1 END) FROM seal WHERE es_id = $1`,
			r.ID).Scan(&edition, &valid)
		if err != nil {
			return err
		}
		if valid > 0 && !replace {
			return seals.ErrExists
		}
		_, err = tx.ExecContext(ctx,
			`INSERT INTO seal (es_id, edition, name, kind, type, holder, holder_serial, maker_serial, state, info,
			 recorded_at, valid_start, valid_end, note)
			 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'recorded', $9, $10, $11, $12, $13)`,
			r.ID, edition, r.Name, r.Kind, r.Type, r.Holder, r.HolderSerial, r.MakerSerial, r.Info,
			millis(r.RecordedAt), millis(r.ValidStart), millis(r.ValidEnd), r.Note)
		return err
	})
	return edition, err
}

// Complete implements [seals.Store].
func (s *Seals) Complete(ctx context.Context, id string, edition int, der []byte, at time.Time) error {
	return s.db.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE seal SET state = 'replaced' WHERE es_id = $1 AND state = 'valid'`, id)
		if err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx,
			`UPDATE seal SET state = 'valid', der = $3, made_at = $4 WHERE es_id = $1 AND edition = $2 AND state = 'recorded'`,
			id, edition, der, millis(at))
		return one(res, err, seals.ErrConflict)
	})
}

// Current implements [seals.Store].
func (s *Seals) Current(ctx context.Context, id string) (seals.Record, error) {
	return scanSeal(s.db.sql.QueryRowContext(ctx,
		`SELECT `+sealColumns+` FROM seal WHERE es_id = $1 AND state = 'valid'`, id))
}

// List implements [seals.Store].
func (s *Seals) List(ctx context.Context, text string) ([]seals.Record, error) {
	rows, err := s.db.sql.QueryContext(ctx,
		`SELECT `+sealColumns+` FROM seal WHERE ($1 = '' OR es_id LIKE '%' || $1 || '%' ESCAPE '\'
		 OR name LIKE '%' || $1 || '%' ESCAPE '\' OR holder LIKE '%' || $1 || '%' ESCAPE '\')
		 ORDER BY recorded_at DESC, es_id, edition DESC`, likeText(text))
	return collect(rows, err, scanSeal)
}

// RetireRecorded implements [seals.Store].
func (s *Seals) RetireRecorded(ctx context.Context) (retired []seals.Record, err error) {
	err = s.db.change(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+sealColumns+` FROM seal WHERE state = 'recorded' ORDER BY es_id`)
		if retired, err = collect(rows, err, scanSeal); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE seal SET state = 'retired', note = 'interrupted' WHERE state = 'recorded'`)
		return err
	})
	return retired, err
}

// likeText makes text stand for itself in LIKE … ESCAPE '\'.
func likeText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
