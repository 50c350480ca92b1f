import { NativeSelect } from '@mantine/core';
import { useEffect, useId, useState } from 'react';
import type { ChartText, TimeRange } from '../charts/index.ts';
import type { DashboardVariable } from './dashboard-model.ts';
import type { RunPanelQuery } from './panel-query.ts';
import { builtInVariables, interpolateQuery } from './template.ts';

/** `label_values(metric, label)` as the PromQL that finds the values, and the label to read. */
export function labelValuesQuery(query: string): { expr: string; label: string } | undefined {
  const found = /^\s*label_values\(\s*(.+?)\s*,\s*(\w+)\s*\)\s*$/.exec(query);
  if (found === null) return undefined;
  return { expr: `count by (${found[2]}) (${found[1]})`, label: found[2]! };
}

export interface VariableBarProps {
  readonly variables: readonly DashboardVariable[];
  readonly values: Readonly<Record<string, string>>;
  readonly onChange: (values: Readonly<Record<string, string>>) => void;
  readonly run: RunPanelQuery;
  readonly range: TimeRange;
  readonly text: ChartText;
}

/** A select for every variable that is not hidden. */
export function VariableBar(props: VariableBarProps) {
  const shown = props.variables.filter((one) => !one.hidden && one.kind !== 'constant');
  if (shown.length === 0) return null;
  return (
    <div className="twp-variables">
      {shown.map((one) => (
        <VariableSelect key={one.name} variable={one} {...props} />
      ))}
    </div>
  );
}

function VariableSelect({
  variable,
  values,
  variables,
  onChange,
  run,
  range,
}: VariableBarProps & { readonly variable: DashboardVariable }) {
  const current = values[variable.name] ?? variable.current;
  const [found, setFound] = useState<readonly string[]>([]);
  const id = useId();
  const { fromMs, toMs } = range;
  // biome-ignore lint/correctness/useExhaustiveDependencies: values are asked for once a query, not at every refresh
  useEffect(() => {
    const wanted = labelValuesQuery(variable.query);
    if (wanted === undefined) return;
    const abort = new AbortController();
    const builtIn = builtInVariables({ fromMs, toMs, stepMs: 60_000, scrapeMs: 15_000 });
    const { text: expr } = interpolateQuery(wanted.expr, values, builtIn, variables);
    run({ expr, fromMs, toMs, stepMs: 60_000, instant: true }, abort.signal).then(
      (result) => {
        if (!abort.signal.aborted)
          setFound([...new Set(result.series.map((one) => one.labels[wanted.label] ?? ''))].filter(Boolean));
      },
      () => undefined,
    );
    return () => abort.abort();
  }, [variable.query]);
  const options = [...new Set([current, ...variable.options, ...found])].filter((one) => one !== '').sort();
  return (
    <label className="twp-variable" htmlFor={id}>
      <span>{variable.label}</span>
      <NativeSelect
        id={id}
        size="xs"
        value={current}
        data={options}
        onChange={(event) => onChange({ ...values, [variable.name]: event.currentTarget.value })}
      />
    </label>
  );
}
