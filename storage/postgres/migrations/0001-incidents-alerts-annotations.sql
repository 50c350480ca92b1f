-- The event log is the truth. A second writer of the same sequence is refused by the key, which is what makes
-- concurrent commands safe.
CREATE TABLE incident_events (
  incident_id text NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  at_ms bigint NOT NULL,
  actor jsonb NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (incident_id, sequence)
);

-- Append-only, also for whoever finds a way to run SQL.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'incident_events is append-only';
END
$$;
CREATE TRIGGER incident_events_append_only BEFORE UPDATE OR DELETE ON incident_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A projection: it can always be computed again from incident_events.
CREATE TABLE incidents (
  id text PRIMARY KEY,
  state text NOT NULL,
  sequence integer NOT NULL,
  campaign_id text,
  opened_at_ms bigint NOT NULL,
  summary jsonb NOT NULL
);
CREATE INDEX incidents_by_opening ON incidents (opened_at_ms DESC);
CREATE INDEX incidents_unresolved ON incidents (opened_at_ms DESC) WHERE state <> 'resolved';

CREATE TABLE alert_states (
  rule_key text NOT NULL,
  fingerprint text NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'firing')),
  labels jsonb NOT NULL,
  annotations jsonb NOT NULL,
  value double precision,
  active_at_ms bigint NOT NULL,
  fired_at_ms bigint,
  held_ms double precision NOT NULL,
  absent_ms double precision,
  saved_at_ms bigint NOT NULL,
  PRIMARY KEY (rule_key, fingerprint)
);

CREATE TABLE annotations (
  id text PRIMARY KEY,
  time_ms double precision NOT NULL,
  end_ms double precision NOT NULL,
  campaign text,
  body jsonb NOT NULL
);
CREATE INDEX annotations_by_time ON annotations (time_ms, end_ms);

CREATE TABLE campaign_states (
  campaign_id text PRIMARY KEY,
  state jsonb NOT NULL,
  updated_at_ms bigint NOT NULL
);
