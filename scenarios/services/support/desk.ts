/** The support desk: a bot first, then people. Pure: the clock and the durations are handed in. */

export type Tier = 'new' | 'normal' | 'member' | 'vip';
export const TIERS = ['new', 'normal', 'member', 'vip'] as const satisfies readonly Tier[];
export const OUTCOMES = ['bot_resolved', 'human_resolved', 'abandoned', 'refused'] as const;
export type SessionOutcome = (typeof OUTCOMES)[number];

export interface Session<Ticket> {
  readonly id: string;
  readonly tier: Tier;
  readonly openedAtMs: number;
  /** Whatever the caller of this module keeps with a session: its span. */
  readonly ticket: Ticket;
  state: 'bot' | 'waiting' | 'human';
  turns: number;
  askedForHumanAtMs: number | null;
  seatedAtMs: number | null;
  handledUntilMs: number | null;
  lastHeardMs: number;
  sameIntent: { intent: string; times: number };
}

export const IDLE_LIMIT_MS = 120_000;
const SESSIONS_MAX = 5_000;

export class Desk<Ticket> {
  readonly seats: number;
  readonly #sessions = new Map<string, Session<Ticket>>();

  constructor(seats: number) {
    this.seats = seats;
  }

  /** Undefined when there are too many sessions already. */
  open(id: string, tier: Tier, nowMs: number, ticket: Ticket): Session<Ticket> | undefined {
    if (this.#sessions.size >= SESSIONS_MAX) return undefined;
    const session: Session<Ticket> = {
      id,
      tier,
      openedAtMs: nowMs,
      ticket,
      state: 'bot',
      turns: 0,
      askedForHumanAtMs: null,
      seatedAtMs: null,
      handledUntilMs: null,
      lastHeardMs: nowMs,
      sameIntent: { intent: '', times: 0 },
    };
    this.#sessions.set(id, session);
    return session;
  }

  get(id: string, nowMs: number): Session<Ticket> | undefined {
    const session = this.#sessions.get(id);
    if (session !== undefined) session.lastHeardMs = nowMs;
    return session;
  }

  /** One turn of talk. `loop`: the third in a row with the same intent, which the bot still does not solve. */
  turn(session: Session<Ticket>, intent: string): { loop: boolean } {
    session.turns += 1;
    const again = session.sameIntent.intent === intent;
    session.sameIntent = { intent, times: again ? session.sameIntent.times + 1 : 1 };
    return { loop: session.state === 'bot' && session.sameIntent.times === 3 };
  }

  askForHuman(session: Session<Ticket>, nowMs: number): void {
    if (session.state !== 'bot') return;
    session.state = 'waiting';
    session.askedForHumanAtMs = nowMs;
  }

  /** Gives free seats to who waits longest; `handleMs` says how long each talk will take. */
  seat(nowMs: number, handleMs: () => number): Session<Ticket>[] {
    const seated: Session<Ticket>[] = [];
    let free = this.seats - this.count('human');
    for (const session of this.#sessions.values()) {
      if (free <= 0) break;
      if (session.state !== 'waiting') continue;
      session.state = 'human';
      session.seatedAtMs = nowMs;
      session.handledUntilMs = nowMs + handleMs();
      seated.push(session);
      free -= 1;
    }
    return seated;
  }

  /** Talks whose time is up, and sessions that nobody has been heard in for two minutes. */
  finished(nowMs: number): { handled: Session<Ticket>[]; idle: Session<Ticket>[] } {
    const all = [...this.#sessions.values()];
    return {
      handled: all.filter(({ handledUntilMs }) => handledUntilMs !== null && handledUntilMs <= nowMs),
      idle: all.filter(({ state, lastHeardMs }) => state !== 'human' && nowMs - lastHeardMs > IDLE_LIMIT_MS),
    };
  }

  remove(session: Session<Ticket>): void {
    this.#sessions.delete(session.id);
  }

  count(state: Session<Ticket>['state'], tier?: Tier): number {
    let count = 0;
    for (const session of this.#sessions.values())
      if (session.state === state && (tier === undefined || session.tier === tier)) count += 1;
    return count;
  }
}
