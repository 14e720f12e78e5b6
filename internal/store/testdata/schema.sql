CREATE TABLE ca_certificate (
    serial       TEXT PRIMARY KEY,
    issuer       TEXT NOT NULL,
    request      TEXT NOT NULL REFERENCES ca_request (id),
    profile      TEXT NOT NULL,
    half         TEXT NOT NULL CHECK (half IN ('signing', 'encryption', 'single')),
    pair         TEXT NOT NULL,
    holder       TEXT NOT NULL,
    organisation TEXT NOT NULL,
    not_before   BIGINT NOT NULL,
    not_after    BIGINT NOT NULL,
    tbs          BYTEA NOT NULL,
    der          BYTEA,
    state        TEXT NOT NULL CHECK (state IN ('recorded', 'signing', 'valid', 'held', 'revoked', 'retired')),
    reason       BIGINT NOT NULL,
    recorded_at  BIGINT NOT NULL,
    signed_at    BIGINT,
    held_at      BIGINT,
    revoked_at   BIGINT,
    note         TEXT NOT NULL, invalid_since BIGINT,
    CHECK (state NOT IN ('valid', 'held') OR der IS NOT NULL),
    CHECK (state NOT IN ('recorded', 'retired') OR der IS NULL),
    CHECK (state <> 'revoked' OR revoked_at IS NOT NULL)
);

CREATE TABLE ca_crl (
    issuer      TEXT NOT NULL,
    number      BIGINT NOT NULL,
    digest      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('recorded', 'stored', 'retired')),
    entries     BIGINT NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    der         BYTEA,
    note        TEXT NOT NULL,
    PRIMARY KEY (issuer, number),
    CHECK ((state = 'stored') = (der IS NOT NULL))
);

CREATE TABLE ca_hold (
    serial   TEXT NOT NULL REFERENCES ca_certificate (serial),
    held_at  BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT NOT NULL CHECK (ended_by IN ('', 'restored', 'revoked')),
    note     TEXT NOT NULL,
    PRIMARY KEY (serial, held_at)
);

CREATE TABLE ca_request (
    id                TEXT PRIMARY KEY,
    digest            TEXT NOT NULL,
    dual              BOOLEAN NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('open', 'done', 'refused', 'abandoned')),
    attempt           BIGINT NOT NULL,
    signing_serial    TEXT,
    encryption_serial TEXT,
    enveloped_key     BYTEA,
    key_duty          TEXT NOT NULL CHECK (key_duty IN ('', 'release', 'archive')),
    opened_at         BIGINT NOT NULL,
    closed_at         BIGINT,
    note              TEXT NOT NULL,
    CHECK (state <> 'done' OR signing_serial IS NOT NULL),
    CHECK (state <> 'done' OR NOT dual OR (encryption_serial IS NOT NULL AND enveloped_key IS NOT NULL))
);

CREATE TABLE ca_setup (
    id          TEXT PRIMARY KEY CHECK (id = 'ca'),
    spec        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('started', 'done')),
    started_at  BIGINT NOT NULL,
    done_at     BIGINT
);

CREATE TABLE kmc_delivery (
    id           TEXT PRIMARY KEY,
    key_id       TEXT NOT NULL REFERENCES kmc_key (id),
    recipient    BYTEA NOT NULL,
    delivered_at BIGINT NOT NULL
);

CREATE TABLE kmc_key (
    id           TEXT PRIMARY KEY,
    public_key   BYTEA NOT NULL UNIQUE,
    escrowed     BYTEA NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('spare', 'active', 'historic')),
    ref          TEXT UNIQUE,
    made_at      BIGINT NOT NULL,
    assigned_at  BIGINT,
    archived_at  BIGINT,
    note         TEXT NOT NULL,
    CHECK ((state = 'spare') = (ref IS NULL))
);

CREATE TABLE seal (
    es_id         TEXT NOT NULL,
    edition       BIGINT NOT NULL,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    type          BIGINT NOT NULL,
    holder        TEXT NOT NULL,
    holder_serial TEXT NOT NULL,
    maker_serial  TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('recorded', 'valid', 'replaced', 'retired')),
    info          BYTEA NOT NULL,
    der           BYTEA,
    recorded_at   BIGINT NOT NULL,
    made_at       BIGINT,
    valid_start   BIGINT NOT NULL,
    valid_end     BIGINT NOT NULL,
    note          TEXT NOT NULL,
    PRIMARY KEY (es_id, edition),
    CHECK (state NOT IN ('valid', 'replaced') OR der IS NOT NULL)
);

CREATE INDEX ca_certificate_recorded ON ca_certificate (recorded_at, serial);

CREATE INDEX ca_certificate_request ON ca_certificate (request);

CREATE INDEX ca_certificate_status ON ca_certificate (issuer, state) WHERE state IN ('held', 'revoked');

CREATE INDEX ca_request_duty ON ca_request (key_duty) WHERE key_duty <> '';

CREATE INDEX ca_request_open ON ca_request (state) WHERE state = 'open';

CREATE INDEX kmc_delivery_key ON kmc_delivery (key_id);

CREATE INDEX kmc_key_spare ON kmc_key (made_at, id) WHERE state = 'spare';

CREATE UNIQUE INDEX seal_current ON seal (es_id, state) WHERE state IN ('recorded', 'valid');

CREATE INDEX seal_holder ON seal (holder_serial);
