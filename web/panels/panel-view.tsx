import { useRef, useState } from 'react';
import { fillText } from '../charts/messages.ts';
import type { Panel } from './dashboard-model.ts';
import { notApplied } from './field.ts';
import { Markdown } from './markdown.tsx';
import { queryPanelTypes } from './panel-body.tsx';
import type { PanelContext } from './panel-context.ts';
import { usePanelData } from './panel-data.ts';
import { PanelFrame } from './panel-frame.tsx';
import { useAge, useInView, useMeasuredWidth } from './panel-hooks.ts';
import { PanelInside } from './panel-inside.tsx';
import { planQueries } from './panel-query.ts';
import { interpolateText } from './template.ts';

const isQueryPanel = (type: string): boolean => (queryPanelTypes as readonly string[]).includes(type);

/** One panel: its frame, its states and its inside. */
export function PanelView({ panel, context }: { readonly panel: Panel; readonly context: PanelContext }) {
  const title = interpolateText(panel.title, context.values);
  if (panel.type === 'text')
    return (
      <PanelFrame panel={panel} title={title} context={context}>
        <div className="twp-scroll">
          <Markdown source={interpolateText(panel.options.content ?? '', context.values)} />
        </div>
      </PanelFrame>
    );
  if (!isQueryPanel(panel.type))
    return (
      <PanelFrame panel={panel} title={title} context={context}>
        <p className="twp-message">{fillText(context.text.unknownPanel, { type: panel.type })}</p>
      </PanelFrame>
    );
  return <QueryPanel panel={panel} title={title} context={context} />;
}

function QueryPanel({
  panel,
  title,
  context,
}: {
  readonly panel: Panel;
  readonly title: string;
  readonly context: PanelContext;
}) {
  const box = useRef<HTMLDivElement>(null);
  const visible = useInView(box);
  const width = useMeasuredWidth(box);
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const [retries, setRetries] = useState(0);
  const input = {
    panel,
    values: context.values,
    variables: context.variables,
    range: context.range,
    width,
    scrapeMs: context.scrapeMs,
  };
  const data = usePanelData({
    ...input,
    run: context.run,
    queue: context.queue,
    visible: visible && width > 0,
    tick: context.tick + retries * 1e6,
  });
  const age = useAge(data, context.text);
  const plan = planQueries({ ...input, width: Math.max(1, width) });
  const expr = plan.ok ? plan.queries[0]?.query.expr : panel.targets[0]?.expr;
  const missing = notApplied(panel);
  const warnings = [
    ...(data.result?.warnings ?? []),
    ...(missing.length === 0 ? [] : [fillText(context.text.notApplied, { names: missing.join(', ') })]),
  ];
  const explore =
    context.onExplore === undefined || expr === undefined
      ? undefined
      : () => context.onExplore?.(expr, context.range);
  return (
    <PanelFrame
      panel={panel}
      title={title}
      context={context}
      boxRef={box}
      busy={data.loading}
      age={age}
      warnings={warnings}
      view={view}
      onView={panel.type === 'timeseries' || panel.type === 'graph' ? setView : undefined}
      onExplore={explore}
    >
      <PanelInside
        panel={panel}
        title={title}
        context={context}
        data={data}
        stale={age !== undefined}
        view={view}
        onRetry={() => setRetries((count) => count + 1)}
        onExplore={explore}
      />
    </PanelFrame>
  );
}
