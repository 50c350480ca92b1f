import { type Labels, METRIC_NAME } from '../model/labels.ts';

/**
 * An immutable label set, names in order of code units, no empty values. The evaluator uses it in place of a plain
 * object because names are people's text (`constructor`, `__proto__`) and because its key is asked for often.
 */
export class LabelSet {
  /** name, value, name, value, …; sorted by name. */
  readonly pairs: readonly string[];
  #key: string | undefined;

  private constructor(pairs: readonly string[]) {
    this.pairs = pairs;
  }

  /** From name, value, name, value, … that is sorted, unique and has no empty value. Not checked. */
  static fromSortedPairs(pairs: readonly string[]): LabelSet {
    return pairs.length === 0 ? EMPTY_LABELS : new LabelSet(pairs);
  }

  /** From entries in any order. Of equal names the last one wins; empty values are dropped. */
  static fromEntries(entries: Iterable<readonly [string, string]>): LabelSet {
    const byName = new Map<string, string>();
    for (const [name, value] of entries) byName.set(name, value);
    const pairs: string[] = [];
    for (const name of [...byName.keys()].sort()) {
      const value = byName.get(name)!;
      if (value !== '') pairs.push(name, value);
    }
    return LabelSet.fromSortedPairs(pairs);
  }

  static fromLabels(labels: Labels): LabelSet {
    return LabelSet.fromEntries(Object.entries(labels));
  }

  static empty(): LabelSet {
    return EMPTY_LABELS;
  }

  /** @internal for the one empty set. */
  static makeEmpty(): LabelSet {
    return new LabelSet([]);
  }

  /** The value of a label, '' if it is absent. */
  get(name: string): string {
    const pairs = this.pairs;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1]!;
    return '';
  }

  has(name: string): boolean {
    const pairs = this.pairs;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return true;
    return false;
  }

  get size(): number {
    return this.pairs.length / 2;
  }

  /** A text that two sets share exactly when they are equal. */
  get key(): string {
    this.#key ??= this.pairs.join('\u0001');
    return this.#key;
  }

  names(): string[] {
    return this.pairs.filter((_, i) => i % 2 === 0);
  }

  *entries(): IterableIterator<readonly [string, string]> {
    for (let i = 0; i < this.pairs.length; i += 2) yield [this.pairs[i]!, this.pairs[i + 1]!];
  }

  /** The labels for which `keep` answers true. */
  filter(keep: (name: string) => boolean): LabelSet {
    const kept: string[] = [];
    const pairs = this.pairs;
    for (let i = 0; i < pairs.length; i += 2) if (keep(pairs[i]!)) kept.push(pairs[i]!, pairs[i + 1]!);
    return kept.length === pairs.length ? this : LabelSet.fromSortedPairs(kept);
  }

  only(names: ReadonlySet<string>): LabelSet {
    return this.filter((name) => names.has(name));
  }

  without(...names: string[]): LabelSet {
    return this.filter((name) => !names.includes(name));
  }

  /** A copy with `name` set to `value`; an empty value removes the label. */
  with(name: string, value: string): LabelSet {
    if (value === '') return this.without(name);
    const pairs = this.pairs;
    let at = 0;
    while (at < pairs.length && pairs[at]! < name) at += 2;
    const copy = pairs.slice();
    copy.splice(at, pairs[at] === name ? 2 : 0, name, value);
    return LabelSet.fromSortedPairs(copy);
  }

  /** A plain object; safe for any label name. */
  toLabels(): Labels {
    const labels: Record<string, string> = {};
    for (const [name, value] of this.entries()) {
      if (name === '__proto__') {
        Object.defineProperty(labels, name, { value, enumerable: true, configurable: true, writable: true });
      } else {
        labels[name] = value;
      }
    }
    return labels;
  }

  /** `name{a="b", c="d"}`, as Prometheus prints label sets. */
  toString(): string {
    const shown: string[] = [];
    for (const [name, value] of this.entries()) {
      if (name === METRIC_NAME && isLegacyName(value, true)) continue;
      shown.push(`${isLegacyName(name, false) ? name : quoted(name)}=${quoted(value)}`);
    }
    const name = this.get(METRIC_NAME);
    const head = isLegacyName(name, true) ? name : '';
    return shown.length === 0 && head !== '' ? head : `${head}{${shown.join(', ')}}`;
  }
}

/** Whether a name can stand in PromQL without quotes. Metric names may have colons. */
export function isLegacyName(name: string, metric: boolean): boolean {
  return metric ? /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) : /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

const quoted = (text: string): string => JSON.stringify(text);

const EMPTY_LABELS: LabelSet = LabelSet.makeEmpty();
