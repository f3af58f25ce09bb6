-- +goose Up
-- What offices ask and answer at their figures. Texts are sealed.
CREATE TABLE talk (
  id          uuid PRIMARY KEY,
  campaign    text COLLATE "C" NOT NULL,
  office      text COLLATE "C" NOT NULL,
  commune     text COLLATE "C" NOT NULL,
  place       text COLLATE "C" NOT NULL,
  n           integer NOT NULL,
  last        integer NOT NULL,
  last_by     text COLLATE "C" NOT NULL,
  last_office text COLLATE "C" NOT NULL,
  last_at     timestamptz NOT NULL,
  settled_by  text COLLATE "C" NOT NULL,
  settled_at  timestamptz,
  changes     bigint NOT NULL,
  UNIQUE (campaign, place)
);
-- Live streams ask it at every commit.
CREATE INDEX talk_changes ON talk (campaign, office, changes);

CREATE TABLE talk_message (
  thread     uuid NOT NULL,
  id         uuid NOT NULL,
  n          integer NOT NULL,
  by         text COLLATE "C" NOT NULL,
  office     text COLLATE "C" NOT NULL,
  at         timestamptz NOT NULL,
  value      integer,
  taken_back timestamptz,
  key        text COLLATE "C" NOT NULL,
  sealed     bytea NOT NULL,
  PRIMARY KEY (thread, id),
  UNIQUE (thread, n)
);

CREATE TABLE talk_read (
  "user" text COLLATE "C" NOT NULL,
  thread uuid NOT NULL,
  n      integer NOT NULL,
  PRIMARY KEY ("user", thread)
);

-- The second wall; see person_scope. Messages are seen with their thread.
ALTER TABLE talk ENABLE ROW LEVEL SECURITY;
ALTER TABLE talk FORCE ROW LEVEL SECURITY;
CREATE POLICY talk_scope ON talk
  USING (office = ANY ((SELECT string_to_array(NULLIF(current_setting('caunoi.offices', true), ''), chr(31)))::text[])
    OR (SELECT current_setting('caunoi.offices', true)) = '*');
ALTER TABLE talk_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE talk_message FORCE ROW LEVEL SECURITY;
CREATE POLICY talk_message_scope ON talk_message
  USING ((SELECT current_setting('caunoi.offices', true)) = '*' OR EXISTS (SELECT FROM talk AS t WHERE t.id = talk_message.thread));
