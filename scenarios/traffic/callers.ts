/** Callers: questions to the bot, and to people when the bot does not help. */
import { z } from 'zod';
import type { Crowd } from './client.ts';
import { NORMAL_ORDERS_PER_SECOND } from './demand.ts';
import type { ShopperState } from './shoppers.ts';

const NORMAL_CALLS_PER_SECOND = 0.04;
/** Of a rush of buyers, how many ask whether the price is real. */
const CALLS_PER_EXTRA_ORDER = 0.02;
const PATIENCE_MEDIAN_MS = 90_000;
const opened = z.object({ sessionId: z.string() });
const stateReply = z.object({ state: z.enum(['bot', 'waiting', 'human', 'ended']) });

const TOPICS = [
  ['opening_hours', 30],
  ['where_is_my_pass', 30],
  ['change_day', 25],
  ['invoice', 15],
] as const;
const TIERS = [
  ['normal', 55],
  ['new', 20],
  ['member', 20],
  ['vip', 5],
] as const;

/** Keeps calls coming until the signal ends it; a rush of shoppers brings more, and harder ones. */
export async function runCallers(crowd: Crowd, shoppers: ShopperState): Promise<void> {
  const { random } = crowd.running;
  while (!crowd.signal.aborted) {
    const extra = Math.max(0, shoppers.demand - NORMAL_ORDERS_PER_SECOND);
    const perSecond = NORMAL_CALLS_PER_SECOND + extra * CALLS_PER_EXTRA_ORDER;
    await crowd.pause(Math.min(20_000, random.exponential(1_000 / perSecond)));
    void call(crowd, extra > 1);
  }
}

async function call(crowd: Crowd, rush: boolean): Promise<void> {
  const { random } = crowd.running;
  const topic = rush && random.chance(0.8) ? 'is_the_price_real' : random.weighted(TOPICS);
  const answer = await crowd.client.tap({
    operation: 'support',
    service: 'support',
    path: '/sessions',
    target: '/sessions',
    body: { tier: random.weighted(TIERS), topic },
  });
  const session = opened.safeParse(answer?.body);
  if (!session.success) return;
  const path = (what: string) => `/sessions/${session.data.sessionId}/${what}`;
  const solved = random.chance(rush ? 0.4 : 0.7);
  const turns = random.integer(1, 4);
  for (let turn = 1; turn <= turns; turn += 1) {
    await crowd.pause(random.logNormal(4_000, 0.5));
    const wantsHuman = !solved && turn === turns;
    await crowd.client.look('support', path('turns'), { intent: topic, wantsHuman });
  }
  if (solved) await crowd.client.look('support', path('end'), { outcome: 'bot_resolved' });
  // One in twenty walks away without a word: the desk lets the session go by itself.
  else if (!random.chance(0.05)) await waitForHuman(crowd, path);
}

async function waitForHuman(crowd: Crowd, path: (what: string) => string): Promise<void> {
  const { random, now } = crowd.running;
  const givesUpAtMs = now() + random.logNormal(PATIENCE_MEDIAN_MS, 0.6);
  while (!crowd.signal.aborted) {
    await crowd.pause(3_000);
    const state = stateReply.safeParse((await crowd.client.look('support', path('poll'), {}))?.body);
    if (!state.success || state.data.state === 'ended') return;
    if (state.data.state === 'human' || now() < givesUpAtMs) continue;
    await crowd.client.look('support', path('end'), { outcome: 'abandoned' });
    return;
  }
}
