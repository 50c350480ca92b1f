/**
 * Prometheus names of OTLP metrics, in SQL, by the rules of the OpenTelemetry specification («Prometheus and OpenMetrics
 * compatibility») as prometheus/otlptranslator applies them with underscores and suffixes.
 */
import { literal } from '../../clickhouse/literal.ts';

const UNITS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
};

const PER_UNITS: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

const list = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`;

/** `unit` as a word of a metric name: '' for none and for `{annotations}`, which are not units. */
const word = (unit: string, words: Readonly<Record<string, string>>): string =>
  `if(match(${unit}, '[{}]'), '', trim(BOTH '_' FROM replaceRegexpAll(
    transform(${unit}, ${list(Object.keys(words))}, ${list(Object.values(words))}, ${unit}), '[^a-zA-Z0-9]+', '_')))`;

/** The word for the unit of `unit`, `x` of `x/y`. */
export const mainUnit = (unit: string): string =>
  word(`trim(BOTH ' ' FROM splitByChar('/', ${unit}, 2)[1])`, UNITS);

const perUnit = (unit: string): string =>
  word(
    `trim(BOTH ' ' FROM if(position(${unit}, '/') = 0, '', substring(${unit}, position(${unit}, '/') + 1)))`,
    PER_UNITS,
  );

/**
 * The name of a metric's family from SQL for its OTLP name and unit and for whether it is a monotonic sum or a gauge:
 * `checkout.duration`, `s` → `checkout_duration_seconds`.
 */
export function familyName(name: string, unit: string, counter: string, gauge: string): string {
  const tokens = `arrayFilter(t -> t != '', splitByRegexp('[^a-zA-Z0-9:]+', ${name}))`;
  const append = (to: string, added: string): string =>
    `arrayMap((w, ts) -> if(w = '' OR has(ts, w), ts, arrayPushBack(ts, w)), [${added}], [${to}])[1]`;
  const withPer = `arrayMap((w, ts) -> if(w = '' OR has(ts, w), ts, arrayConcat(ts, ['per', w])),
    [${perUnit(unit)}], [${append(tokens, mainUnit(unit))}])[1]`;
  const withSuffix = `arrayMap(ts -> multiIf(
      ${counter}, arrayPushBack(arrayFilter(t -> t != 'total', ts), 'total'),
      ${gauge} AND ${unit} = '1', arrayPushBack(arrayFilter(t -> t != 'ratio', ts), 'ratio'), ts), [${withPer}])[1]`;
  return `arrayMap(n -> if(match(n, '^[0-9]'), concat('_', n), n), [arrayStringConcat(${withSuffix}, '_')])[1]`;
}

/** A label's name from an attribute's key: other characters than letters, digits and underscores become one underscore. */
export const labelName = (key: string): string =>
  `arrayMap(n -> multiIf(match(n, '^[0-9]'), concat('key_', n), startsWith(n, '_'), concat('key', n), n),
    [replaceRegexpAll(${key}, '[^a-zA-Z0-9]+', '_')])[1]`;
