import pino from 'pino';
import { Registry } from 'prom-client';
import { type Clock, durationMs, epochMs } from '../../model/units.ts';
import { parseDurationText } from '../../promql/duration.ts';
import { parseExpr } from '../../promql/parser.ts';
import type { AlertStateStore } from '../../storage/postgres/stores.ts';
import { type Alerting, createAlerting } from '../alerting.ts';
import type { SeriesExist } from '../answerable.ts';
import { createMemoryAlertStateStore } from '../memory-alert-states.ts';
import { parseRuleFile } from '../rule-file.ts';
import type { RuleQuery, RuleSample } from '../rule-query.ts';
import type { AlertTransition } from '../transition.ts';

/** A clock that is turned by hand: the wall jumps and drifts, the monotonic one only goes on. */
export class HandClock implements Clock {
  private wallMs = Date.UTC(2026, 8, 1, 12);
  private monotonicMs = 5_000_000;
  /** Milliseconds the wall gains per real millisecond. */
  drift = 0;
  now = () => epochMs(this.wallMs);
  monotonic = () => durationMs(this.monotonicMs);
  pass(ms: number): void {
    this.monotonicMs += ms;
    this.wallMs += ms * (1 + this.drift);
  }
  jump(ms: number): void {
    this.wallMs += ms;
  }
  /** A new process may count from anywhere. */
  restartMonotonic(): void {
    this.monotonicMs = 17;
  }
}

const LOOKBACK_MS = 300_000;

/** `1m30s` in milliseconds. */
const ms = (text: string): number => {
  const parsed = parseDurationText(text.replace('-', ''));
  if (parsed === undefined) throw new Error(`not a duration: ${text}`);
  return text.startsWith('-') ? -parsed : parsed;
};

function readSeries(text: string): Record<string, string> {
  const selector = parseExpr(text);
  if (selector.kind !== 'vector_selector') throw new Error(`not a series: ${text}`);
  return Object.fromEntries(selector.matchers.map(({ name, value }) => [name, value]));
}

interface Sent {
  readonly labels: Record<string, string>;
  readonly atMs: number;
  readonly value: number;
}

/**
 * An alerting story on a fake clock. Series are set and go; time passes in steps of the evaluation interval; what was
 * heard comes out as lines like `1m30s firing CrowdSurge{venue_id="harbour-park"}`.
 *
 * The senders' clocks are right whatever the product's clock does, so samples carry true time.
 */
export class AlertTimeline {
  readonly clock = new HandClock();
  readonly heard: AlertTransition[] = [];
  readonly lines: string[] = [];
  alerting: Alerting;
  /** What the next queries answer instead of data. */
  failure: string | null = null;
  private passedMs = 0;
  private readonly trueStartMs = this.clock.now();
  private readonly sending = new Map<string, number>();
  private sent: Sent[] = [];
  private readonly rules: string;
  private readonly store: AlertStateStore;
  private readonly intervalMs: number;

  constructor(rules: string, options: { interval?: string; store?: AlertStateStore } = {}) {
    this.rules = rules;
    this.intervalMs = ms(options.interval ?? '15s');
    this.store = options.store ?? createMemoryAlertStateStore();
    this.alerting = this.open(rules);
  }

  private trueNow = () => this.trueStartMs + this.passedMs;

  private open(rules: string): Alerting {
    const alerting = createAlerting({
      rules: parseRuleFile('story.yaml', rules),
      query: this.query,
      seriesExist: this.seriesExist,
      store: this.store,
      clock: this.clock,
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
      runbookUrl: (id, campaign) => `https://tidewarden.example/runbooks/${id}?campaign=${campaign ?? ''}`,
    });
    alerting.onTransition((transition) => {
      if (transition.kind === 'updated') return;
      this.heard.push(transition);
      this.lines.push(`${this.time()} ${transition.kind} ${this.title(transition)}`);
    });
    return alerting;
  }

  private time(): string {
    const seconds = Math.round(this.passedMs / 1_000);
    const minutes = Math.floor(seconds / 60);
    return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  }

  private title({ alert }: AlertTransition): string {
    const venue = alert.labels.venue_id;
    return venue === undefined ? alert.name : `${alert.name}@${venue}`;
  }

  /** `metric OP number` over what was sent, as an instant query with its lookback. */
  private query: RuleQuery = async (expr, atMs) => {
    if (this.failure !== null) return { kind: 'error', message: this.failure, retryable: true };
    const tree = parseExpr(expr);
    if (tree.kind !== 'binary' || tree.left.kind !== 'vector_selector' || tree.right.kind !== 'number') {
      throw new Error(`the story cannot evaluate ${expr}`);
    }
    const limit = tree.right.value;
    const { name } = tree.left;
    const holds = { '>': (v: number) => v > limit, '<': (v: number) => v < limit }[
      tree.operator as '>' | '<'
    ];
    const newest = new Map<string, Sent>();
    for (const sample of this.sent) {
      if (sample.labels.__name__ !== name || sample.atMs > atMs || sample.atMs <= atMs - LOOKBACK_MS)
        continue;
      newest.set(JSON.stringify(sample.labels), sample);
    }
    const samples: RuleSample[] = [...newest.values()]
      .filter(({ value }) => holds(value))
      .map(({ labels, value }) => ({ labels, value }));
    return { kind: 'samples', samples };
  };

  private seriesExist: SeriesExist = async (name, { fromMs, toMs }) =>
    this.sent.some(({ labels, atMs, value }) => {
      return labels.__name__ === name && atMs >= fromMs && atMs <= toMs && Number.isFinite(value);
    });

  /** From now on this series is sent with this value every 5 s. */
  set(series: string, value: number): this {
    this.sending.set(series, value);
    this.send();
    return this;
  }

  /** The series is no longer sent. */
  gone(series: string): this {
    this.sending.delete(series);
    return this;
  }

  private send(): void {
    const atMs = this.trueNow();
    for (const [series, value] of this.sending) this.sent.push({ labels: readSeries(series), atMs, value });
    this.sent = this.sent.filter((sample) => sample.atMs > atMs - 7_200_000);
  }

  jump(by: string): this {
    this.clock.jump(ms(by));
    return this;
  }

  /** Passes time, evaluating at every whole interval. */
  async pass(duration: string): Promise<this> {
    const until = this.passedMs + ms(duration);
    while (this.passedMs < until) {
      this.passedMs += 5_000;
      this.clock.pass(5_000);
      this.send();
      if (this.passedMs % this.intervalMs === 0) await this.alerting.evaluate();
    }
    return this;
  }

  /** Stops the product, lets time pass without it, and starts it again, perhaps with other rules. */
  async restart(options: { away?: string; rules?: string; killed?: boolean } = {}): Promise<this> {
    if (options.killed !== true) await this.alerting.stop();
    const away = ms(options.away ?? '10s');
    for (let passed = 0; passed < away; passed += 5_000) {
      this.passedMs += 5_000;
      this.clock.pass(5_000);
      this.send();
    }
    this.clock.restartMonotonic();
    this.alerting = this.open(options.rules ?? this.rules);
    return this;
  }

  /** What was heard since the last time it was asked. */
  story(): string[] {
    return this.lines.splice(0);
  }
}
