/**
 * The crowd: shoppers, riders, callers and visitors, who know the services' HTTP interfaces and nothing else. Their
 * devices report as the service `app`.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { runChild } from '../demo/child.ts';
import { startTelemetry } from '../services/telemetry.ts';
import { runCallers } from './callers.ts';
import { type Crowd, crowdClient } from './client.ts';
import { runProbes } from './probes.ts';
import { runRiders } from './riders.ts';
import { runShoppers, type ShopperState } from './shoppers.ts';
import { runVisitors } from './visitors.ts';

await runChild('traffic', 0, async (running) => {
  const telemetry = startTelemetry({ serviceName: 'app', ...running.settings });
  const home = new AbortController();
  // Thousands of pauses and requests listen to this one signal.
  setMaxListeners(0, home.signal);
  const crowd: Crowd = {
    running,
    client: crowdClient(running, home.signal),
    pause: (ms) => delay(ms, undefined, { signal: home.signal }).catch(() => {}),
    signal: home.signal,
  };
  const shoppers: ShopperState = { demand: 0 };
  const everyone = Promise.all([
    runShoppers(crowd, shoppers),
    runRiders(crowd),
    runCallers(crowd, shoppers),
    runVisitors(crowd),
    runProbes(crowd),
  ]);
  return {
    port: 0,
    close: async () => {
      home.abort();
      await everyone;
      await telemetry.shutdown();
    },
  };
});
