-- +goose Up
-- Instants are microseconds since 1970 (UTC); ids are the 16 bytes of a UUID.

CREATE TABLE entry (
  position    INTEGER PRIMARY KEY,
  id          BLOB NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  campaign    TEXT NOT NULL,
  office      TEXT NOT NULL,
  author      TEXT NOT NULL,
  supersedes  BLOB,
  hash        BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  offset_ms   INTEGER NOT NULL,
  received_by TEXT NOT NULL,
  root        BLOB,
  session     BLOB,
  refs        BLOB,
  arrived     INTEGER NOT NULL,
  waiting     BLOB,
  text        BLOB NOT NULL
);
CREATE INDEX entry_root ON entry (root);
CREATE INDEX entry_arrived ON entry (arrived);
CREATE INDEX entry_waiting ON entry (waiting) WHERE waiting IS NOT NULL;
CREATE INDEX entry_of_activity ON entry (campaign)
  WHERE kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held');

CREATE TABLE tie (
  token TEXT NOT NULL,
  root  BLOB NOT NULL,
  PRIMARY KEY (token, root)
) WITHOUT ROWID;
CREATE INDEX tie_root ON tie (root);

CREATE TABLE contribution (
  root      BLOB NOT NULL,
  campaign  TEXT NOT NULL,
  indicator TEXT NOT NULL,
  dim       TEXT NOT NULL,
  office    TEXT NOT NULL,
  commune   TEXT NOT NULL,
  day       TEXT NOT NULL,
  n_all     INTEGER NOT NULL,
  n_closed  INTEGER NOT NULL,
  PRIMARY KEY (root, campaign, indicator, dim, office, commune, day)
) WITHOUT ROWID;
CREATE INDEX contribution_figure ON contribution (campaign, indicator, dim, day, office, commune);

CREATE TABLE figure (
  campaign  TEXT NOT NULL,
  indicator TEXT NOT NULL,
  dim       TEXT NOT NULL,
  office    TEXT NOT NULL,
  commune   TEXT NOT NULL,
  day       TEXT NOT NULL,
  n_all     INTEGER NOT NULL,
  n_closed  INTEGER NOT NULL,
  PRIMARY KEY (campaign, indicator, dim, office, commune, day)
) WITHOUT ROWID;

-- What each commit did to the figures, so that any past moment can be shown.
CREATE TABLE figure_change (
  change    INTEGER NOT NULL,
  campaign  TEXT NOT NULL,
  indicator TEXT NOT NULL,
  office    TEXT NOT NULL,
  commune   TEXT NOT NULL,
  day       TEXT NOT NULL,
  n_all     INTEGER NOT NULL,
  n_closed  INTEGER NOT NULL
);
CREATE TABLE change (
  change INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL
);
CREATE INDEX figure_change_change ON figure_change (change);

CREATE TABLE review (
  root     BLOB NOT NULL,
  reason   TEXT NOT NULL,
  other    BLOB NOT NULL,
  campaign TEXT NOT NULL,
  PRIMARY KEY (root, reason, other)
) WITHOUT ROWID;
CREATE INDEX review_campaign ON review (campaign);

CREATE TABLE act (
  id       BLOB PRIMARY KEY,
  campaign TEXT NOT NULL,
  office   TEXT NOT NULL,
  day      TEXT NOT NULL,
  at       INTEGER NOT NULL,
  reopen   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX act_campaign ON act (campaign);

-- Entries whose id was taken by other content.
CREATE TABLE incident (
  id          BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  received_by TEXT NOT NULL,
  text        BLOB NOT NULL
);

CREATE TABLE plan_item (
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE TABLE boundary (
  code     TEXT PRIMARY KEY,
  geometry BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(8)))), ('plan_version', '0');

CREATE TABLE user (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  role     TEXT NOT NULL,
  office   TEXT NOT NULL,
  disabled INTEGER NOT NULL
) WITHOUT ROWID;

-- 0 in an instant means none.
CREATE TABLE link (
  hash    BLOB PRIMARY KEY,
  user    TEXT NOT NULL REFERENCES user (id),
  role    TEXT NOT NULL,
  by      TEXT NOT NULL,
  made    INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE session (
  hash   BLOB PRIMARY KEY,
  user   TEXT NOT NULL REFERENCES user (id),
  role   TEXT NOT NULL,
  device TEXT NOT NULL,
  made   INTEGER NOT NULL,
  seen   INTEGER NOT NULL,
  ended  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_user ON session (user);
