import { z } from 'zod';
import type { BuiltDashboard } from './build.ts';
import { DashboardError } from './validate.ts';

/** A team's own dashboard as it stands on disk. */
export interface DashboardFile {
  /** Where it was read, for messages. */
  readonly path: string;
  readonly text: string;
}

/** A dashboard to serve: one of ours or a team's own. */
export interface ServedDashboard {
  readonly uid: string;
  readonly title: string;
  /** Grafana dashboard JSON, plain data. */
  readonly dashboard: object;
}

const own = z.looseObject({
  uid: z
    .string('has no uid; give it one that does not change')
    .regex(
      /^[a-zA-Z0-9_-]{1,40}$/,
      'use letters, digits, dashes, underscores; at most 40 (the limit of Grafana)',
    ),
  title: z.string('has no title').min(1, 'has no title'),
  panels: z.array(z.looseObject({ type: z.string('has no type') }), 'has no list of panels'),
});
/** Grafana's API answers with the dashboard inside an envelope. */
const envelope = z.object({ dashboard: z.record(z.string(), z.unknown()) });

/**
 * Reads a team's own dashboard: Grafana's classic JSON, bare or in the envelope of its API.
 *
 * @throws DashboardError that names the file and the place.
 */
export function readDashboard({ path, text }: DashboardFile): ServedDashboard {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DashboardError(path, [
      `it is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  const wrapped = envelope.safeParse(json);
  const parsed = own.safeParse(wrapped.success ? wrapped.data.dashboard : json);
  if (!parsed.success)
    throw new DashboardError(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'} ${issue.message}`),
    );
  const { uid, title } = parsed.data;
  return { uid, title, dashboard: parsed.data };
}

/**
 * What is built and what a team has written itself: of two with one uid the team's wins, in the place of the built one.
 *
 * @throws DashboardError on a file that cannot be read, or on two files with one uid.
 */
export function withOwnDashboards(
  built: readonly BuiltDashboard[],
  files: readonly DashboardFile[],
): readonly ServedDashboard[] {
  const written = new Map<string, ServedDashboard>();
  for (const file of files) {
    const dashboard = readDashboard(file);
    if (written.has(dashboard.uid))
      throw new DashboardError(file.path, [`uid ${dashboard.uid} is that of another file too`]);
    written.set(dashboard.uid, dashboard);
  }
  const kept = built.map((one) => written.get(one.uid) ?? one);
  const builtUids = new Set(built.map(({ uid }) => uid));
  return [...kept, ...[...written.values()].filter(({ uid }) => !builtUids.has(uid))];
}
