/** How numbers of one unit are scaled: the largest step not above the magnitude is used. */
export interface UnitScale {
  /** The step applies from this magnitude on, in the unit itself. */
  readonly from: number;
  readonly divisor: number;
  readonly suffix: string;
}

export interface UnitKind {
  readonly prefix: string;
  /** The unit's own word, after any magnitude. */
  readonly suffix: string;
  /** Values are multiplied by this before anything else. */
  readonly factor: number;
  readonly scales: readonly UnitScale[];
}

const plain: readonly UnitScale[] = [{ from: 0, divisor: 1, suffix: '' }];

const magnitudesEnglish: readonly UnitScale[] = [
  { from: 0, divisor: 1, suffix: '' },
  { from: 10_000, divisor: 1e3, suffix: 'k' },
  { from: 1e6, divisor: 1e6, suffix: 'M' },
  { from: 1e9, divisor: 1e9, suffix: 'G' },
  { from: 1e12, divisor: 1e12, suffix: 'T' },
  { from: 1e15, divisor: 1e15, suffix: 'P' },
];

const magnitudesChinese: readonly UnitScale[] = [
  { from: 0, divisor: 1, suffix: '' },
  { from: 1e4, divisor: 1e4, suffix: '万' },
  { from: 1e8, divisor: 1e8, suffix: '亿' },
  { from: 1e12, divisor: 1e12, suffix: '万亿' },
];

/** Counts of things people know are written out: 13,173 units, not 13 k; only millions are scaled. */
const writtenOut = (magnitudes: readonly UnitScale[]): readonly UnitScale[] =>
  magnitudes
    .filter((scale) => scale.divisor === 1 || scale.divisor >= 1e4)
    .map((scale) => ({ ...scale, from: scale.divisor === 1 ? 0 : Math.max(scale.from, 1e6) }));

const secondsEnglish: readonly UnitScale[] = [
  { from: 0, divisor: 1e-6, suffix: 'µs' },
  { from: 1e-3, divisor: 1e-3, suffix: 'ms' },
  { from: 1, divisor: 1, suffix: 's' },
  { from: 120, divisor: 60, suffix: 'min' },
  { from: 7_200, divisor: 3_600, suffix: 'h' },
  { from: 172_800, divisor: 86_400, suffix: 'd' },
];

const secondWords: Readonly<Record<string, string>> = {
  µs: '微秒',
  ms: '毫秒',
  s: '秒',
  min: '分钟',
  h: '小时',
  d: '天',
};

const binarySteps = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const decimalSteps = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

const byteScales = (base: number, steps: readonly string[], per: string): readonly UnitScale[] =>
  steps.map((suffix, index) => ({
    from: index === 0 ? 0 : base ** index,
    divisor: base ** index,
    suffix: suffix + per,
  }));

/** Words after the number for rates and counts, by Grafana's unit id: English, Chinese. */
const rateWords: Readonly<Record<string, readonly [string, string]>> = {
  reqps: ['req/s', '请求/秒'],
  ops: ['ops/s', '次操作/秒'],
  cps: ['/s', '/秒'],
  cpm: ['/min', '/分钟'],
  rps: ['reads/s', '次读/秒'],
  wps: ['writes/s', '次写/秒'],
  eps: ['events/s', '事件/秒'],
  mps: ['msg/s', '消息/秒'],
  reqpm: ['req/min', '请求/分钟'],
  opm: ['ops/min', '次操作/分钟'],
};

const currencies: Readonly<Record<string, string>> = {
  currencyCNY: '¥',
  currencyJPY: '¥',
  currencyUSD: '$',
  currencyEUR: '€',
  currencyGBP: '£',
};

/** The scaling of one of Grafana's unit ids; an unknown id is a suffix, as in Grafana. */
export function unitKind(unit: string | undefined, locale: string): UnitKind {
  const chinese = locale.toLowerCase().startsWith('zh');
  const magnitudes = chinese ? magnitudesChinese : magnitudesEnglish;
  const seconds = chinese
    ? secondsEnglish.map((scale) => ({ ...scale, suffix: secondWords[scale.suffix] ?? scale.suffix }))
    : secondsEnglish;
  const of = (over: Partial<UnitKind>): UnitKind => ({
    prefix: '',
    suffix: '',
    factor: 1,
    scales: magnitudes,
    ...over,
  });
  const id = unit ?? 'none';
  const words = rateWords[id];
  if (words !== undefined) return of({ suffix: words[chinese ? 1 : 0] });
  const currency = currencies[id];
  if (currency !== undefined) return of({ prefix: currency });
  if (id.startsWith('currency:')) return of({ prefix: `${id.slice('currency:'.length)} ` });
  if (id.startsWith('suffix:'))
    return of({ suffix: id.slice('suffix:'.length), scales: writtenOut(magnitudes) });
  if (id.startsWith('prefix:'))
    return of({ prefix: id.slice('prefix:'.length), scales: writtenOut(magnitudes) });
  switch (id) {
    case '':
    case 'none':
    case 'locale':
      return of({ scales: plain });
    case 'short':
    case 'sishort':
      return of({});
    case 'percent':
      return of({ suffix: '%', scales: plain });
    case 'percentunit':
      return of({ suffix: '%', factor: 100, scales: plain });
    case 's':
      return of({ scales: seconds });
    case 'ms':
      return of({ scales: seconds, factor: 1e-3 });
    case 'm':
      return of({ scales: seconds, factor: 60 });
    case 'bytes':
      return of({ scales: byteScales(1024, binarySteps, '') });
    case 'decbytes':
      return of({ scales: byteScales(1000, decimalSteps, '') });
    case 'binBps':
      return of({ scales: byteScales(1024, binarySteps, '/s') });
    case 'Bps':
      return of({ scales: byteScales(1000, decimalSteps, '/s') });
    default:
      return of({ suffix: id });
  }
}

/** The scale for a magnitude; `value` is after the unit's factor. Zero and what is not finite use the unit's own. */
export function scaleFor(kind: UnitKind, value: number): UnitScale {
  const magnitude = Math.abs(value);
  const own = kind.scales.find((scale) => scale.divisor === 1) ?? kind.scales[0]!;
  if (magnitude === 0 || !Number.isFinite(magnitude)) return own;
  let chosen = kind.scales[0]!;
  for (const scale of kind.scales) if (magnitude >= scale.from) chosen = scale;
  return chosen;
}
