-- +goose Up
-- Tables stand in the first schema of the search path. Texts that are compared
-- or ordered are in byte order, as Go and SQLite have them.

-- A sequence gives numbers before the commit, so they become visible out of
-- order. The order of commit is (xact, position); a reader who wants no gap
-- takes only rows with xact < pg_snapshot_xmin(pg_current_snapshot()).
CREATE TABLE entry (
  xact        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position    bigint GENERATED ALWAYS AS IDENTITY,
  id          uuid PRIMARY KEY,
  kind        text COLLATE "C" NOT NULL,
  campaign    text COLLATE "C" NOT NULL,
  office      text COLLATE "C" NOT NULL,
  author      text COLLATE "C" NOT NULL,
  supersedes  uuid,
  hash        bytea NOT NULL,
  received_at timestamptz NOT NULL,
  offset_ms   bigint NOT NULL,
  received_by text COLLATE "C" NOT NULL,
  root        uuid,
  session     uuid,
  refs        uuid[] NOT NULL,
  arrived     timestamptz NOT NULL,
  waiting     uuid,
  text        bytea NOT NULL
);
CREATE UNIQUE INDEX entry_order ON entry (xact, position);
CREATE INDEX entry_root ON entry (root);
CREATE INDEX entry_arrived ON entry (campaign, arrived);
CREATE INDEX entry_waiting ON entry (waiting) WHERE waiting IS NOT NULL;
CREATE INDEX entry_of_activity ON entry (campaign)
  WHERE kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held');

CREATE TABLE tie (
  token text COLLATE "C" NOT NULL,
  root  uuid NOT NULL,
  PRIMARY KEY (token, root)
);
CREATE INDEX tie_root ON tie (root);

CREATE TABLE contribution (
  root      uuid NOT NULL,
  campaign  text COLLATE "C" NOT NULL,
  indicator text COLLATE "C" NOT NULL,
  dim       text COLLATE "C" NOT NULL,
  office    text COLLATE "C" NOT NULL,
  commune   text COLLATE "C" NOT NULL,
  day       text COLLATE "C" NOT NULL,
  n_all     bigint NOT NULL,
  n_closed  bigint NOT NULL,
  PRIMARY KEY (root, campaign, indicator, dim, office, commune, day)
);
CREATE INDEX contribution_figure ON contribution (campaign, indicator, dim, day, office, commune);

CREATE TABLE figure (
  campaign  text COLLATE "C" NOT NULL,
  indicator text COLLATE "C" NOT NULL,
  dim       text COLLATE "C" NOT NULL,
  office    text COLLATE "C" NOT NULL,
  commune   text COLLATE "C" NOT NULL,
  day       text COLLATE "C" NOT NULL,
  n_all     bigint NOT NULL,
  n_closed  bigint NOT NULL,
  PRIMARY KEY (campaign, indicator, dim, office, commune, day)
) WITH (fillfactor = 70); -- room for updates in place

-- What each commit did to the figures, so that any past moment can be shown.
CREATE TABLE change (
  change bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xact   xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE figure_change (
  change    bigint NOT NULL,
  campaign  text COLLATE "C" NOT NULL,
  indicator text COLLATE "C" NOT NULL,
  office    text COLLATE "C" NOT NULL,
  commune   text COLLATE "C" NOT NULL,
  day       text COLLATE "C" NOT NULL,
  n_all     bigint NOT NULL,
  n_closed  bigint NOT NULL
);
CREATE INDEX figure_change_change ON figure_change (change);

-- Commits that changed the journal or a figure, counted in lanes so that
-- writers seldom wait for each other's lane: the sum moves at each of them.
CREATE TABLE pulse (
  lane integer PRIMARY KEY,
  n    bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO pulse SELECT lane, 0 FROM generate_series(0, 31) AS lane;

CREATE TABLE review (
  root     uuid NOT NULL,
  reason   text COLLATE "C" NOT NULL,
  other    uuid NOT NULL,
  campaign text COLLATE "C" NOT NULL,
  PRIMARY KEY (root, reason, other)
);
CREATE INDEX review_campaign ON review (campaign);

CREATE TABLE act (
  id       uuid PRIMARY KEY,
  campaign text COLLATE "C" NOT NULL,
  office   text COLLATE "C" NOT NULL,
  day      text COLLATE "C" NOT NULL,
  at       timestamptz NOT NULL,
  reopen   boolean NOT NULL
);
CREATE INDEX act_campaign ON act (campaign);

-- Entries whose id was taken by other content.
CREATE TABLE incident (
  id          uuid NOT NULL,
  received_at timestamptz NOT NULL,
  received_by text NOT NULL,
  text        bytea NOT NULL
);

CREATE TABLE plan_item (
  kind text COLLATE "C" NOT NULL,
  id   text COLLATE "C" NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (kind, id)
);

CREATE TABLE boundary (
  code     text COLLATE "C" PRIMARY KEY,
  geometry bytea NOT NULL
);

CREATE TABLE meta (
  key   text PRIMARY KEY,
  value text NOT NULL
);
INSERT INTO meta VALUES ('epoch', left(md5(gen_random_uuid()::text), 16)), ('plan_version', '0');

CREATE TABLE "user" (
  id       text COLLATE "C" PRIMARY KEY,
  name     text NOT NULL,
  role     text NOT NULL,
  office   text NOT NULL,
  disabled boolean NOT NULL
);

CREATE TABLE link (
  hash    bytea PRIMARY KEY,
  "user"  text COLLATE "C" NOT NULL REFERENCES "user" (id),
  role    text NOT NULL,
  by      text NOT NULL,
  made    timestamptz NOT NULL,
  expires timestamptz NOT NULL,
  used    timestamptz
);

CREATE TABLE session (
  hash   bytea PRIMARY KEY,
  "user" text COLLATE "C" NOT NULL REFERENCES "user" (id),
  role   text NOT NULL,
  device text NOT NULL,
  made   timestamptz NOT NULL,
  seen   timestamptz NOT NULL,
  ended  timestamptz
);
CREATE INDEX session_of_user ON session ("user");
