// Package store keeps what the services must remember in one SQL database. It
// implements the Store interfaces that ca, kmc and seals declare, one file per
// service:
//
//	db, err := store.Open(ctx, "/var/lib/xinzhang/ca.db")
//	defer db.Close()
//	authority := db.CA()
//
// The database is SQLite, in write-ahead mode with full synchronisation: what a
// method has written survives a power cut when the method returns. Each exported
// method is one transaction. Statements are written by hand in the part of SQL
// that PostgreSQL shares ($1 placeholders; TEXT, BIGINT, BYTEA, BOOLEAN), and a
// change of state names the state it starts from, so that of two callers one
// gets a conflict.
//
// Open brings an older database to the present schema and refuses one that a
// newer program has written ([fault.StoreNewer]). Migrations only go forward.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // also registers the driver
	sqlite3 "modernc.org/sqlite/lib"

	"xinzhang/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A DB is an open database. Its methods may be called at once.
type DB struct{ sql *sql.DB }

// Open opens the SQLite database in file, making it (readable by its owner only)
// when it is absent, and brings its schema up to date.
func Open(ctx context.Context, file string) (*DB, error) {
	// SQLite gives the journal files the permissions of the main file.
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", file)
	}
	if err := f.Close(); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", file)
	}
	dsn, err := dataSource(file)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := migrate(ctx, db, file); err != nil {
		_ = db.Close()
		return nil, err
	}
	return &DB{db}, nil
}

// dataSource is the SQLite URI of file. Writing transactions take the lock when
// they begin, so that two of them wait for each other and never deadlock.
func dataSource(file string) (string, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", fault.Wrap(fault.FileUnreadable, err, "file", file)
	}
	path := filepath.ToSlash(abs)
	if path[0] != '/' {
		path = "/" + path // C:/… on Windows
	}
	q := url.Values{
		"_pragma": {"busy_timeout(15000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
		"_txlock": {"immediate"},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String(), nil
}

func migrate(ctx context.Context, db *sql.DB, file string) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fault.Wrap(fault.StoreUnreadable, err, "file", file)
	}
	if current > target {
		return fault.New(fault.StoreNewer, "file", file, "found", current, "known", target)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	return nil
}

// Close closes the database.
func (db *DB) Close() error { return db.sql.Close() }

// change runs do in one writing transaction.
func (db *DB) change(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// one returns conflict unless the statement changed exactly one row.
func one(res sql.Result, err error, conflict error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n != 1 {
		return conflict
	}
	return nil
}

// isTaken reports whether err says that a row with this key is already there.
func isTaken(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

// A row is a *sql.Row or *sql.Rows.
type row interface{ Scan(dest ...any) error }

// collect reads all rows of a query.
func collect[T any](rows *sql.Rows, err error, scan func(row) (T, error)) (all []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// Times are stored as milliseconds since 1970 UTC.

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// fromNull gives the zero time for NULL.
func fromNull(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return fromMillis(ms.Int64)
}
