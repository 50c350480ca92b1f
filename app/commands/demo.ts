import { demoCampaignOf } from '../../scenarios/demo/campaign.ts';
import { startDemo } from '../../scenarios/demo/main.ts';
import type { SERVICE_NAMES } from '../../scenarios/demo/settings.ts';
import { UsageError } from '../arguments.ts';
import { systemClock } from '../clock.ts';
import { formatAddress } from '../config/addresses.ts';
import type { Config } from '../config/schema.ts';
import { readCampaigns } from '../library.ts';
import { createLogger } from '../logger.ts';
import { configure } from './configure.ts';
import { serve } from './serve.ts';

const CAMPAIGN = 'one-cent-tickets';

/** `tidewarden demo`: the product, and beside it the demo's services, which only ever talk OTLP to it. */
export async function run(args: readonly string[]): Promise<number> {
  const { config, ports } = demoArguments(args);
  return serve(config, {
    nextSteps:
      'Open the web at the address above. Ctrl-C stops Tidewarden and the demo; what was received is kept.',
    whileRunning: async (addresses) => {
      const campaign = readCampaigns(config.content).find((each) => each.id === CAMPAIGN);
      if (campaign === undefined)
        throw new UsageError(`The demo needs the campaign ${CAMPAIGN}, which ${config.content} replaced.`);
      const demo = await startDemo({
        otlpEndpoint: `http://${formatAddress(addresses.otlpHttp)}`,
        campaign: demoCampaignOf(campaign),
        dataDirectory: config.data,
        logger: createLogger(config.log.level ?? 'warn'),
        clock: systemClock,
        ...(ports !== undefined && { ports }),
      });
      process.stdout.write(`\n${demo.summary.join('\n')}\n`);
      return demo.stop;
    },
  });
}

/** `--demo.ports free` takes free ports for the demo's services, so that two demos fit on one machine. */
function demoArguments(args: readonly string[]): {
  config: Config;
  ports?: Record<(typeof SERVICE_NAMES)[number] | 'control', number>;
} {
  const at = args.indexOf('--demo.ports');
  if (at < 0) return { config: configure(args) };
  if (args[at + 1] !== 'free') throw new UsageError('--demo.ports takes one word: free');
  return {
    config: configure(args.toSpliced(at, 2)),
    ports: { order: 0, dispatch: 0, support: 0, gate: 0, control: 0 },
  };
}
