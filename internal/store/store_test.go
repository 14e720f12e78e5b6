package store

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
)

var update = flag.Bool("update", false, "write testdata/schema.sql anew")

func opened(t testing.TB) (*DB, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a #1 % folder?", "ca.db") // nothing in a path is special
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, file
}

func TestTheDatabaseIsDurableAndPrivate(t *testing.T) {
	db, file := opened(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "15000"} {
		var got string
		if err := db.sql.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q, %v", pragma, got, want, err)
		}
	}
	for _, name := range []string{file, file + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(name), info.Mode())
		}
	}
}

// The schema that all migrations together give is kept beside the test: a change
// to a migration that was released shows as a change here.
func TestMigrationsGiveTheKnownSchema(t *testing.T) {
	db, _ := opened(t)
	rows, err := db.sql.QueryContext(t.Context(), `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL
		AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY type DESC, name`)
	all, err := collect(rows, err, func(r row) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(all, ";\n\n") + ";\n"
	golden := filepath.Join("testdata", "schema.sql")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the schema differs (-want +got):\n%s", diff)
	}
}

func TestMigrationsFollowTheRules(t *testing.T) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d migrations, %v", len(names), err)
	}
	column := regexp.MustCompile(`(?m)^    [a-z_]+ +([A-Z]+)`)
	for _, name := range names {
		b, err := migrations.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		if !strings.HasPrefix(text, "-- Why: ") {
			t.Errorf("%s does not begin with its reason", name)
		}
		if strings.Contains(text, "+goose Down") {
			t.Errorf("%s goes backward", name)
		}
		for _, m := range column.FindAllStringSubmatch(text, -1) {
			switch m[1] {
			case "TEXT", "BIGINT", "BYTEA", "BOOLEAN":
			default:
				t.Errorf("%s uses %s, which is not the same in PostgreSQL", name, m[1])
			}
		}
	}
}

func TestAnOlderDatabaseIsBroughtUpToDate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.db")
	raw, p := provider(t, file)
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := (&CA{&DB{raw}}).StartSetup(t.Context(), "old", time.Now()); err != nil {
		t.Fatal(err)
	}
	_ = raw.Close()
	for range 2 { // the second time there is nothing to do
		db, err := Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		if spec, _, err := db.CA().Setup(t.Context()); err != nil || spec != "old" {
			t.Errorf("the old record reads %q, %v", spec, err)
		}
		if _, err := db.KMC().Count(t.Context()); err != nil {
			t.Errorf("the new tables: %v", err)
		}
		_ = db.Close()
	}
}

func provider(t *testing.T, file string) (*sql.DB, *goose.Provider) {
	t.Helper()
	dsn, err := dataSource(file)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", dsn)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, raw, folder)
	if err != nil {
		t.Fatal(err)
	}
	return raw, p
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	db, file := opened(t)
	if _, err := db.sql.ExecContext(t.Context(),
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if _, err := Open(t.Context(), file); err == nil || fault.Of(err).Code != fault.StoreNewer {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	noise := filepath.Join(dir, "noise.db")
	if err := os.WriteFile(noise, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]fault.Code{
		noise: fault.StoreUnreadable, dir: fault.FileUnwritable, filepath.Join(dir, "absent", "ca.db"): fault.FileUnwritable,
	} {
		if _, err := Open(t.Context(), file); err == nil || fault.Of(err).Code != want {
			t.Errorf("%s: %v, want %s", filepath.Base(file), err, want)
		}
	}
	if b, _ := os.ReadFile(noise); !strings.HasPrefix(string(b), "no database") {
		t.Error("the file was changed")
	}
}

// recorded is a store with one request and its recorded certificate.
func recorded(t *testing.T) *CA {
	t.Helper()
	db, _ := opened(t)
	s, ctx, at := db.CA(), t.Context(), time.UnixMilli(1700000000123).UTC()
	if _, err := s.OpenRequest(ctx, ca.RequestRecord{ID: "r", Digest: "d", OpenedAt: at}); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordCertificates(ctx, "r", []ca.Record{record("01", at)}); err != nil {
		t.Fatal(err)
	}
	return s
}

func record(serial string, at time.Time) ca.Record {
	return ca.Record{
		Serial: serial, Issuer: ca.Sub, Request: "r", Profile: "service", Half: ca.Single, Holder: "h", Organisation: "o",
		NotBefore: at, NotAfter: at.AddDate(1, 0, 0), TBS: []byte{1}, State: ca.Recorded, RecordedAt: at,
	}
}

func TestARecordReadsAsItWasWritten(t *testing.T) {
	s := recorded(t)
	got, err := s.Certificate(t.Context(), "01")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(record("01", time.UnixMilli(1700000000123).UTC()), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := s.Certificate(t.Context(), "02"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("an absent one: %v", err)
	}
}

func TestAStateChangesOnlyFromTheOneBeforeIt(t *testing.T) {
	s, ctx, now := recorded(t), t.Context(), time.Now()
	conflict := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, ca.ErrConflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	conflict("stored before it is being signed", s.StoreCertificate(ctx, "01", []byte{2}, now))
	if err := s.StartSigning(ctx, "01"); err != nil {
		t.Fatal(err)
	}
	conflict("signed twice", s.StartSigning(ctx, "01"))
	if err := s.StoreCertificate(ctx, "01", []byte{2}, now); err != nil {
		t.Fatal(err)
	}
	conflict("stored twice", s.StoreCertificate(ctx, "01", []byte{3}, now))
	conflict("signed again", s.StartSigning(ctx, "01"))
	conflict("recorded twice", s.RecordCertificates(ctx, "r", []ca.Record{record("02", now)}))
	if _, err := s.Certificate(ctx, "02"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("half of a transaction stayed: %v", err)
	}
	if err := s.FinishRequest(ctx, "r", nil, now); err != nil {
		t.Fatal(err)
	}
	conflict("finished twice", s.FinishRequest(ctx, "r", nil, now))
	end := ca.End{State: ca.RequestAbandoned, At: now}
	if err := s.AbandonRequest(ctx, "r", end); err != nil {
		t.Fatal(err)
	}
	conflict("abandoned twice", s.AbandonRequest(ctx, "r", end))
}

func TestASerialNumberIsTakenOnce(t *testing.T) {
	s, ctx, now := recorded(t), t.Context(), time.Now()
	if _, err := s.OpenRequest(ctx, ca.RequestRecord{ID: "q", Digest: "d", OpenedAt: now}); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordCertificates(ctx, "q", []ca.Record{record("03", now), record("01", now)}); !errors.Is(err, ca.ErrTaken) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Certificate(ctx, "03"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("half of a transaction stayed: %v", err)
	}
	if err := s.RecordCertificates(ctx, "no such request", []ca.Record{record("04", now)}); err == nil {
		t.Error("a certificate without a request")
	}
}

func TestOneOfManyWins(t *testing.T) {
	s := recorded(t)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			switch err := s.StartSigning(context.WithoutCancel(t.Context()), "01"); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, ca.ErrConflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d signed the same certificate", won.Load())
	}
}

func TestANumberOfACRLIsTakenOnce(t *testing.T) {
	db, _ := opened(t)
	s, ctx := db.CA(), t.Context()
	rec := ca.CRLRecord{Issuer: ca.Sub, Number: 1, Digest: "d", ThisUpdate: time.Now(), NextUpdate: time.Now()}
	if err := s.RecordCRL(ctx, rec); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordCRL(ctx, rec); !errors.Is(err, ca.ErrTaken) {
		t.Errorf("got %v", err)
	}
	if retired, err := s.RetireCRLs(ctx); err != nil || len(retired) != 1 {
		t.Errorf("retired %v, %v", retired, err)
	}
	if err := s.StoreCRL(ctx, ca.Sub, 1, []byte{1}); !errors.Is(err, ca.ErrConflict) {
		t.Errorf("stored under a number that was given up: %v", err)
	}
	if n, err := s.LastCRLNumber(ctx, ca.Sub); err != nil || n != 1 {
		t.Errorf("last number %d, %v", n, err)
	}
	if _, err := s.LatestCRL(ctx, ca.Sub); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("latest: %v", err)
	}
}
