import { Router } from 'express';
import type { Clock } from '../../../model/units.ts';
import type { Queryable } from '../../../promql/queryable.ts';
import { ApiError } from './api-error.ts';
import { answering } from './respond.ts';

/** What the process tells of itself. */
export interface ProcessStatus {
  readonly version: string;
  /** The settings as YAML, without secrets. */
  readonly configYaml: string;
  /** The settings one by one, as text, without secrets. */
  readonly flags: Readonly<Record<string, string>>;
  readonly startedMs: number;
  /** How long samples are kept, e.g. `30d`. */
  readonly retention: string;
  /** What the machine and the process are doing now. */
  runtime(): {
    directory: string;
    hostname: string;
    activities: number;
    threads: number;
    memoryLimitBytes: number;
  };
}

export interface StatusRoutesOptions {
  readonly queryable: Pick<Queryable, 'statistics'>;
  readonly clock: Clock;
  readonly status: ProcessStatus;
}

const STATISTICS_LIMIT = { default: 10, max: 10_000 } as const;

/** The release whose API this is; clients choose by it what they may ask. */
const API_VERSION = '3.0.0';

/** `status/*`, and the administration that is not there. */
export function statusRoutes({ queryable, clock, status }: StatusRoutesOptions): Router {
  const router = Router();
  router.get(
    '/status/buildinfo',
    answering(() => ({
      ...{ version: API_VERSION, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
      tidewarden: status.version,
    })),
  );
  router.get(
    '/status/config',
    answering(() => ({ yaml: status.configYaml })),
  );
  router.get(
    '/status/flags',
    answering(() => status.flags),
  );
  router.get(
    '/status/runtimeinfo',
    answering(() => runtimeInfo(status, clock)),
  );
  router.get(
    '/status/tsdb',
    answering(async ({ parameters }) => {
      const limit = parameters.integer('limit') ?? STATISTICS_LIMIT.default;
      if (limit < 1) throw new ApiError('bad_data', 'limit must be a positive number');
      return tsdbStatus(queryable, Math.min(limit, STATISTICS_LIMIT.max));
    }),
  );
  router.get(
    '/status/walreplay',
    // The WAL is read before any port opens: who can ask finds it done.
    answering(() => ({ min: 0, max: 0, current: 0, state: 'done' })),
  );
  router.all('/admin/tsdb/:what', () => {
    throw new ApiError('unavailable', 'admin APIs disabled');
  });
  return router;
}

function runtimeInfo(status: ProcessStatus, clock: Clock): object {
  const { directory, hostname, activities, threads, memoryLimitBytes } = status.runtime();
  const started = new Date(status.startedMs).toISOString();
  return {
    ...{ startTime: started, CWD: directory, hostname, serverTime: new Date(clock.now()).toISOString() },
    // Settings are read once, at the start; a wrong one would have stopped it.
    ...{ reloadConfigSuccess: true, lastConfigTime: started, corruptionCount: 0 },
    // The nearest to what a Go program would tell here.
    ...{
      goroutineCount: activities,
      GOMAXPROCS: threads,
      GOMEMLIMIT: memoryLimitBytes,
      GOGC: '',
      GODEBUG: '',
    },
    storageRetention: status.retention,
  };
}

async function tsdbStatus(queryable: Pick<Queryable, 'statistics'>, limit: number): Promise<object> {
  const statistics = await queryable.statistics(limit);
  return {
    headStats: {
      numSeries: statistics.series,
      numLabelPairs: statistics.labelPairs,
      // Samples are in columns, not in chunks a series.
      chunkCount: 0,
      minTime: statistics.range?.startMs ?? 0,
      maxTime: statistics.range?.endMs ?? 0,
    },
    seriesCountByMetricName: statistics.seriesByMetricName,
    labelValueCountByLabelName: statistics.valuesByLabelName,
    memoryInBytesByLabelName: statistics.bytesByLabelName,
    seriesCountByLabelValuePair: statistics.seriesByLabelPair,
  };
}
