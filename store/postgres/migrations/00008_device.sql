-- +goose Up
ALTER TABLE "user" ADD COLUMN communes text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN phone boolean NOT NULL DEFAULT false;

-- What users were, and from when on.
CREATE TABLE standing (
  user_id  text COLLATE "C" NOT NULL REFERENCES "user" (id),
  since    timestamptz NOT NULL,
  name     text COLLATE "C" NOT NULL,
  role     text COLLATE "C" NOT NULL,
  office   text COLLATE "C" NOT NULL,
  communes text COLLATE "C" NOT NULL,
  disabled boolean NOT NULL,
  PRIMARY KEY (user_id, since)
);

CREATE TABLE device (
  user_id text COLLATE "C" NOT NULL REFERENCES "user" (id),
  id      text COLLATE "C" NOT NULL,
  name    text COLLATE "C" NOT NULL,
  made    timestamptz NOT NULL,
  state   text COLLATE "C" NOT NULL,
  since   timestamptz NOT NULL,
  by      text COLLATE "C" NOT NULL,
  unsent  bigint NOT NULL,
  PRIMARY KEY (user_id, id)
);
INSERT INTO device SELECT "user", device, '', min(made), 'in_use', min(made), "user", 0 FROM session WHERE device <> '' GROUP BY "user", device;

CREATE TABLE quarantine (
  entry       uuid NOT NULL,
  hash        bytea NOT NULL,
  user_id     text COLLATE "C" NOT NULL,
  device      text COLLATE "C" NOT NULL,
  office      text COLLATE "C" NOT NULL,
  campaign    text COLLATE "C" NOT NULL,
  kind        text COLLATE "C" NOT NULL,
  day         text COLLATE "C" NOT NULL,
  received_at timestamptz NOT NULL,
  offset_ms   bigint NOT NULL,
  received_by text COLLATE "C" NOT NULL,
  reason      text COLLATE "C" NOT NULL,
  state       text COLLATE "C" NOT NULL,
  decided     timestamptz,
  by          text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL,
  sealed      bytea NOT NULL,
  PRIMARY KEY (entry, hash)
);
CREATE INDEX quarantine_waiting ON quarantine (user_id, device, received_at) WHERE state = 'waiting';
