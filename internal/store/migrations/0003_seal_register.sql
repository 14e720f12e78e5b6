-- Why: who makes seals must keep a register of them (GB/T 38540, 电子印章管理办法), and a seal is made again when its holder's certificate changes.
-- +goose Up

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
CREATE UNIQUE INDEX seal_current ON seal (es_id, state) WHERE state IN ('recorded', 'valid');
CREATE INDEX seal_holder ON seal (holder_serial);
