/** What every process of the demo is told at its start, as one JSON argument. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { TidewardenError } from '../../model/errors.ts';
import { type DemoCampaign, demoCampaign, libraryCampaign } from './campaign.ts';

export const SERVICE_NAMES = ['order', 'dispatch', 'support', 'gate'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Where each service listens when nobody says otherwise. */
export const DEFAULT_PORTS = {
  order: 4331,
  dispatch: 4332,
  support: 4333,
  gate: 4334,
} as const satisfies Record<ServiceName, number>;
export const DEFAULT_CONTROL_PORT = 4330;
export const DEFAULT_OTLP_ENDPOINT = 'http://127.0.0.1:4318';

const serviceUrls = z.strictObject({
  order: z.url(),
  dispatch: z.url(),
  support: z.url(),
  gate: z.url(),
});
export type ServiceUrls = z.infer<typeof serviceUrls>;

/** Base URLs on loopback for the given ports. */
export function urlsOf(ports: Readonly<Record<ServiceName, number>>): ServiceUrls {
  const url = (name: ServiceName) => `http://127.0.0.1:${ports[name]}`;
  return { order: url('order'), dispatch: url('dispatch'), support: url('support'), gate: url('gate') };
}

const processSettings = z.strictObject({
  /** 0 takes a free port. */
  port: z.number().int().min(0).max(65_535),
  otlpEndpoint: z.url(),
  exportIntervalMs: z.number().int().min(100),
  campaign: demoCampaign,
  urls: serviceUrls,
  /** Where the order service keeps its ledger; null keeps nothing over a restart. */
  dataDirectory: z.string().nullable(),
  seed: z.number().int(),
  /** Multiplies the traffic's rates. */
  trafficScale: z.number().positive().max(20),
});
export type ProcessSettings = z.infer<typeof processSettings>;

/** Settings of a process for a campaign, before ports and directories are known. */
export function defaultSettings(
  campaign: DemoCampaign,
  otlpEndpoint: string = DEFAULT_OTLP_ENDPOINT,
): ProcessSettings {
  return {
    port: 0,
    otlpEndpoint,
    exportIntervalMs: 5_000,
    campaign,
    urls: urlsOf(DEFAULT_PORTS),
    dataDirectory: null,
    seed: 20_150_211,
    trafficScale: 1,
  };
}

/**
 * Reads `--settings JSON` (from the supervisor) or, for a process started by hand, `--port`, `--otlp` and
 * `--data` on top of the defaults and the library's campaign. Throws a TidewardenError that names the flag.
 */
export async function settingsFromArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  defaultPort: number,
): Promise<ProcessSettings> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      settings: { type: 'string' },
      port: { type: 'string' },
      otlp: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const wanted =
    values.settings === undefined
      ? {
          ...defaultSettings(
            await libraryCampaign(),
            values.otlp ?? environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? DEFAULT_OTLP_ENDPOINT,
          ),
          port: Number(values.port ?? defaultPort),
          dataDirectory: values.data ?? null,
        }
      : parseJson(values.settings);
  const parsed = processSettings.safeParse(wanted);
  if (parsed.success) return parsed.data;
  throw new TidewardenError(
    'demo_settings',
    `The settings of this demo process are not valid: ${z.prettifyError(parsed.error)}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TidewardenError('demo_settings', '--settings is not JSON', { cause: error });
  }
}
