import type { StepEvidence } from '../incidents/incidents.ts';
import type { IncidentDetail } from '../model/api/incident.ts';
import type { RunbookStep } from '../model/api/runbook.ts';
import { fillQuery } from '../model/runbook-query.ts';
import type { Clock } from '../model/units.ts';
import type { Promql } from '../promql/engine.ts';
import { answerBody } from '../promql/http-format.ts';

/**
 * What a step's live queries answered at the moment when somebody said it was done, kept with that event for ever. A
 * query that fails is kept as its error: the reviewer must see that nothing was known.
 */
export async function freezeEvidence(
  step: RunbookStep,
  incident: IncidentDetail,
  promql: Promql,
  clock: Clock,
): Promise<StepEvidence> {
  const atMs = clock.now();
  const venue = incident.alerts.map(({ labels }) => labels.venue_id).find((id) => id !== undefined) ?? '';
  const queries = step.blocks.flatMap((block) =>
    block.kind === 'promql'
      ? [fillQuery(block.query, { campaign: incident.campaignId ?? '', venue }).query]
      : [],
  );
  return Promise.all(
    queries.map(async (query) => ({
      query,
      atMs,
      result: answerBody(await promql.instant(query, atMs)),
    })),
  );
}
