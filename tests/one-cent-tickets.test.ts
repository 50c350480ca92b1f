import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AlertInstance, alertRule } from '../model/api/alert.ts';
import { campaignDetail } from '../model/api/campaign.ts';
import { incidentDetail, incidentSummary } from '../model/api/incident.ts';
import { runbookDetail } from '../model/api/runbook.ts';
import { demoControl } from '../scenarios/demo/control-client.ts';
import { type Product, startProduct, until } from './support/product.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CAMPAIGN = 'one-cent-tickets';

/** Case 3 from the fault to the page, with the real services, over OTLP alone. */
describe('one-cent tickets', { timeout: 600_000 }, () => {
  let product: Product;
  let faultMs: number;

  beforeAll(async () => {
    product = await startProduct({ command: 'demo' });
    await until('the shop sells', 60_000, async () => ((await campaign()).offers[0]?.unitsSold ?? 0) > 0);
  }, 120_000);
  afterAll(() => product?.stop(), 30_000);

  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const response = await fetch(`${product.web}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return schema.parse(await response.json());
  };
  const campaign = () => get(`/api/campaigns/${CAMPAIGN}`, campaignDetail);
  const instance = async (name: string): Promise<AlertInstance | undefined> => {
    const { rules } = await get('/api/alerts', z.object({ rules: z.array(alertRule) }));
    return rules.find((rule) => rule.name === name)?.instances.find((each) => each.campaignId === CAMPAIGN);
  };
  const firing = (name: string, withinMs: number) =>
    until(`${name} fires`, faultMs + withinMs - Date.now(), async () => {
      const found = await instance(name);
      return found?.state === 'firing' && found;
    });
  const scenario = async (...args: string[]) => {
    const child = spawn(process.execPath, ['app/main.ts', 'scenario', ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TIDEWARDEN_DATA: product.dataDirectory },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'exit');
    return { code, output };
  };

  it('is silent while the sale is in order', async () => {
    const offer = (await campaign()).offers[0];
    expect(offer?.unitsUnderFloor).toBe(0);
    expect(offer?.unitsBeyondQuota).toBe(0);
    expect((await instance('UnitsUnderPriceFloor'))?.state ?? 'inactive').toBe('inactive');
  });

  it('pages on price and quota within 60 s and on the forecast within 2 min of the fault', async () => {
    faultMs = Date.now();
    expect((await scenario('run', CAMPAIGN, '--for', '1s')).code).toBe(0);
    const price = await firing('UnitsUnderPriceFloor', 60_000);
    const quota = await firing('UnitsBeyondQuota', 60_000);
    const surge = await firing('CrowdSurgeForecast', 120_000);
    expect(surge.safety).toBe(true);
    for (const alert of [price, quota, surge]) {
      expect(alert.severity).toBe('page');
      expect(alert.annotations.runbook_url).toContain(`/runbooks/${alert.runbookId}`);
      const runbook = await get(`/api/runbooks/${alert.runbookId}`, runbookDetail);
      expect(runbook.steps.length).toBeGreaterThan(2);
    }
  });

  it('opens one incident with the alerts, the campaign and the runbooks on it', async () => {
    const { incidents } = await get('/api/incidents', z.object({ incidents: z.array(incidentSummary) }));
    expect(incidents.map(({ campaignId, state }) => ({ campaignId, state }))).toEqual([
      { campaignId: CAMPAIGN, state: 'open' },
    ]);
    const incident = await get(`/api/incidents/${incidents[0]!.id}`, incidentDetail);
    expect(incident.safety).toBe(true);
    expect(['SEV1', 'SEV2']).toContain(incident.severity);
    expect(incident.alerts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['UnitsUnderPriceFloor', 'UnitsBeyondQuota', 'CrowdSurgeForecast']),
    );
    expect(incident.runbooks.map(({ id }) => id)).toContain('crowd-surge');
  });

  it('says how many people may come to which gate, when', async () => {
    const venue = (await campaign()).venues[0]!;
    expect(venue.expectedPeople.high).toBeGreaterThan(venue.expectedPeople.low);
    expect(venue.peak?.densityFront).toBeGreaterThanOrEqual(3);
    expect(venue.gates.map(({ id }) => id)).toContain(venue.peak?.gateId);
    expect(venue.actBefore).not.toBeNull();
  });

  it('resolves price and quota when the fault ends; the surge stays, because tickets stay sold', async () => {
    expect((await scenario('end', CAMPAIGN)).code).toBe(0);
    for (const name of ['UnitsUnderPriceFloor', 'UnitsBeyondQuota']) {
      await until(`${name} resolves`, 240_000, async () => (await instance(name))?.state !== 'firing');
    }
    expect((await instance('CrowdSurgeForecast'))?.state).toBe('firing');
  });

  it('counts exactly what the shop sold under the floor and beyond the quota', async () => {
    const control = demoControl(product.dataDirectory);
    await until('telemetry and ledger agree', 60_000, async () => {
      const ledger = (await control.status()).tally;
      const offer = (await campaign()).offers[0];
      const counted = { under: offer?.unitsUnderFloor, beyond: offer?.unitsBeyondQuota };
      const wanted = { under: ledger?.unitsUnderFloor, beyond: ledger?.unitsBeyondQuota };
      if (JSON.stringify(counted) !== JSON.stringify(wanted))
        throw new Error(`${JSON.stringify({ counted, wanted })}`);
      return true;
    });
    expect((await campaign()).offers[0]?.unitsUnderFloor).toBeGreaterThan(600);
  });
});
