-- Why: encryption keys are escrowed (GM/T 0034), so that data stays readable when a UKey is lost; each is kept only under the key of the centre.
-- +goose Up

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
CREATE INDEX kmc_key_spare ON kmc_key (made_at, id) WHERE state = 'spare';

-- To which signing key an escrowed key was sent, and when.
CREATE TABLE kmc_delivery (
    id           TEXT PRIMARY KEY,
    key_id       TEXT NOT NULL REFERENCES kmc_key (id),
    recipient    BYTEA NOT NULL,
    delivered_at BIGINT NOT NULL
);
CREATE INDEX kmc_delivery_key ON kmc_delivery (key_id);
