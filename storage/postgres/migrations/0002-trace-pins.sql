-- Traces that are evidence: kept for ever. One row a trace and what it is evidence of; '' where that is no incident.
CREATE TABLE trace_pins (
  trace_id text NOT NULL,
  incident_id text NOT NULL,
  pinned_by text NOT NULL,
  at_ms bigint NOT NULL,
  note text NOT NULL,
  PRIMARY KEY (trace_id, incident_id)
);
CREATE INDEX trace_pins_by_time ON trace_pins (at_ms DESC);
