/** What the demo's supervisor and its clients say to each other. */
import { z } from 'zod';
import { TidewardenError } from '../../model/errors.ts';
import { SCENARIO_NAMES, type ScenarioName } from '../catalogue.ts';

export const scenarioName = z.enum(SCENARIO_NAMES);
export const runRequest = z.strictObject({
  /** The faults end by themselves after so many seconds; null: not before somebody ends them. */
  forSeconds: z.number().positive().max(86_400).nullable().default(null),
});

const runningScenario = z.object({
  name: scenarioName,
  startedAtMs: z.number(),
  endsAtMs: z.number().nullable(),
});

/** What the shop's own ledger says, for comparison with what telemetry says. */
const tally = z.object({
  unitsSold: z.number().int(),
  unitsUnderFloor: z.number().int(),
  unitsBeyondQuota: z.number().int(),
  lowestPriceCny: z.number().nullable(),
});
export type DemoTally = z.infer<typeof tally>;

export const demoStatus = z.object({
  campaignId: z.string(),
  otlpEndpoint: z.string(),
  running: runningScenario.nullable(),
  processes: z.array(
    z.object({
      name: z.string(),
      pid: z.number().nullable(),
      port: z.number().nullable(),
      state: z.enum(['starting', 'running', 'restarting', 'stopped']),
      restarts: z.number(),
    }),
  ),
  /** Null while the order service does not answer. */
  tally: tally.nullable(),
});
export type DemoStatus = z.infer<typeof demoStatus>;

/** What `GET /scenarios` answers. */
export type ScenarioList = {
  readonly name: ScenarioName;
  readonly title: string;
  readonly kind: 'incident' | 'control';
  readonly teaches: string;
  readonly runnable: boolean;
  /** Why it cannot be run; null when it can. */
  readonly reason: string | null;
}[];

export const controlProblem = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Where a running demo is reached, in a file that only its user can read. */
export const controlFile = z.object({ url: z.url(), token: z.string().min(32), pid: z.number().int() });
export type ControlFile = z.infer<typeof controlFile>;
export const CONTROL_FILE_NAME = 'demo-control.json';

/** A command that the demo understands and does not carry out. */
export class ScenarioRefused extends TidewardenError {
  override readonly name = 'ScenarioRefused';
}
