import type { Incidents } from '../incidents/incidents.ts';
import type { Clock } from '../model/units.ts';
import type { Promql } from '../promql/engine.ts';
import type { RunbookShelf } from '../runbooks/shelf.ts';
import type { IncidentDesk } from './http/api/incidents.ts';
import { NotFound } from './http/problem.ts';
import { freezeEvidence } from './step-evidence.ts';

/** People's commands on incidents; finishing a runbook's step freezes what its live queries say. */
export function createIncidentDesk(
  incidents: Incidents,
  shelf: RunbookShelf,
  promql: Promql,
  clock: Clock,
): IncidentDesk {
  return {
    ...incidents,
    setStep: async (id, request) => {
      const step = shelf.find(request.runbookId, 'en')?.steps.find((each) => each.id === request.stepId);
      if (step === undefined) throw new NotFound('step', `${request.runbookId}#${request.stepId}`);
      if (!request.done) return incidents.setStep(id, request);
      const evidence = await freezeEvidence(step, await incidents.get(id), promql, clock);
      return incidents.setStep(id, request, evidence);
    },
  };
}
