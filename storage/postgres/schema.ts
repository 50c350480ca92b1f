import { bigint, doublePrecision, integer, jsonb, pgTable, primaryKey, text } from './drizzle.ts';

/**
 * The tables as the code sees them. The migrations in `migrations/` create them; a test holds the two together.
 * Times are epoch milliseconds in bigint columns: exact, and the same in both engines.
 */
export const incidentEvents = pgTable(
  'incident_events',
  {
    incidentId: text('incident_id').notNull(),
    sequence: integer('sequence').notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
    actor: jsonb('actor').notNull(),
    body: jsonb('body').notNull(),
  },
  (table) => [primaryKey({ columns: [table.incidentId, table.sequence] })],
);

export const incidents = pgTable('incidents', {
  id: text('id').primaryKey(),
  state: text('state').notNull(),
  sequence: integer('sequence').notNull(),
  campaignId: text('campaign_id'),
  openedAtMs: bigint('opened_at_ms', { mode: 'number' }).notNull(),
  summary: jsonb('summary').notNull(),
});

export const alertStates = pgTable(
  'alert_states',
  {
    ruleKey: text('rule_key').notNull(),
    fingerprint: text('fingerprint').notNull(),
    state: text('state', { enum: ['pending', 'firing'] }).notNull(),
    labels: jsonb('labels').notNull(),
    annotations: jsonb('annotations').notNull(),
    value: doublePrecision('value'),
    activeAtMs: bigint('active_at_ms', { mode: 'number' }).notNull(),
    firedAtMs: bigint('fired_at_ms', { mode: 'number' }),
    heldMs: doublePrecision('held_ms').notNull(),
    absentMs: doublePrecision('absent_ms'),
    savedAtMs: bigint('saved_at_ms', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.ruleKey, table.fingerprint] })],
);

export const annotations = pgTable('annotations', {
  id: text('id').primaryKey(),
  timeMs: doublePrecision('time_ms').notNull(),
  endMs: doublePrecision('end_ms').notNull(),
  campaign: text('campaign'),
  body: jsonb('body').notNull(),
});

export const tracePins = pgTable(
  'trace_pins',
  {
    traceId: text('trace_id').notNull(),
    incidentId: text('incident_id').notNull(),
    pinnedBy: text('pinned_by').notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
    note: text('note').notNull(),
  },
  (table) => [primaryKey({ columns: [table.traceId, table.incidentId] })],
);

export const campaignStates = pgTable('campaign_states', {
  campaignId: text('campaign_id').primaryKey(),
  state: jsonb('state').notNull(),
  updatedAtMs: bigint('updated_at_ms', { mode: 'number' }).notNull(),
});
