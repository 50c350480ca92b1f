import { availableParallelism, hostname } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../model/units.ts';
import type { Config } from './config/schema.ts';
import { shownSettings, shownYaml } from './config/shown.ts';
import type { ProcessStatus } from './http/prometheus/status.ts';

/** What this process tells of itself, from now on as its start. */
export function processStatus(options: {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
}): ProcessStatus {
  const { config, version, clock } = options;
  return {
    version,
    configYaml: shownYaml(config),
    flags: shownSettings(config),
    startedMs: clock.now(),
    retention: `${config.retention.samplesDays}d`,
    runtime: () => ({
      directory: process.cwd(),
      hostname: hostname(),
      activities: process.getActiveResourcesInfo().length,
      threads: availableParallelism(),
      memoryLimitBytes: getHeapStatistics().heap_size_limit,
    }),
  };
}
