import { METRIC_NAME } from '../../model/labels.ts';
import { type Expr, withoutParens } from '../ast.ts';
import { EvaluationError } from '../errors.ts';
import type { LabelSet } from '../label-set.ts';
import { compileRegex } from '../matcher.ts';
import { isValidUtf8 } from '../parse-error.ts';
import type { VectorSeries } from './grid.ts';
import { mergeSameLabels } from './names.ts';

/** The content of a string argument. */
export function stringArgument(arg: Expr): string {
  const inner = withoutParens(arg);
  if (inner.kind !== 'string') throw new EvaluationError('expected a string literal');
  return inner.value;
}

const isLabelName = (name: string): boolean => name !== '' && isValidUtf8(name);

/** `label_replace(vector, dst, replacement, src, regex)`; the regex matches the whole value. */
export function evaluateLabelReplace(args: readonly Expr[], series: readonly VectorSeries[]): VectorSeries[] {
  const [destination, replacement, source, pattern] = args.slice(1).map(stringArgument) as [
    string,
    string,
    string,
    string,
  ];
  const compiled = compileRegex(pattern);
  if (!compiled.ok) throw new EvaluationError(`invalid regular expression in label_replace(): ${pattern}`);
  if (!isLabelName(destination)) {
    throw new EvaluationError(`invalid destination label name in label_replace(): ${destination}`);
  }
  return relabel(series, destination, (labels) => {
    const match = compiled.regex.exec(labels.get(source));
    return match === null ? undefined : expandTemplate(replacement, match);
  });
}

/** Go's template of a replacement: `$1`, `${1}`, `$name`, `$$`. A name is as long as it can be; unknown ones are empty. */
function expandTemplate(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))?/g, (whole, braced?: string, plain?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? plain;
    if (name === undefined) return whole;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}

/** `label_join(vector, dst, separator, src…)`. */
export function evaluateLabelJoin(args: readonly Expr[], series: readonly VectorSeries[]): VectorSeries[] {
  const [destination, separator, ...sources] = args.slice(1).map(stringArgument) as [
    string,
    string,
    ...string[],
  ];
  const bad = sources.find((source) => !isLabelName(source));
  if (bad !== undefined) throw new EvaluationError(`invalid source label name in label_join(): ${bad}`);
  if (!isLabelName(destination)) {
    throw new EvaluationError(`invalid destination label name in label_join(): ${destination}`);
  }
  return relabel(series, destination, (labels) =>
    sources.map((source) => labels.get(source)).join(separator),
  );
}

/** Sets a label where `newValue` says to what. A name given anew is one to keep. */
function relabel(
  series: readonly VectorSeries[],
  destination: string,
  newValue: (labels: LabelSet) => string | undefined,
): VectorSeries[] {
  return mergeSameLabels(
    series.map((one) => {
      const value = newValue(one.labels);
      if (value === undefined) return one;
      const dropName = destination === METRIC_NAME ? false : one.dropName;
      return { ...one, labels: one.labels.with(destination, value), dropName };
    }),
  );
}
