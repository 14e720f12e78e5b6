-- Why: a key is often lost days before the loss is reported, and what was signed in between must not pass (invalidityDate, RFC 5280 5.3.2).
-- +goose Up

ALTER TABLE ca_certificate ADD COLUMN invalid_since BIGINT;
