import { Button, SegmentedControl, Select, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CrosshairProvider } from '../../charts/index.ts';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { AlertDialog } from './alert-dialog.tsx';
import classes from './explore.module.css';
import { HistoryDrawer } from './history-drawer.tsx';
import { MetricBrowser } from './metric-browser.tsx';
import { PlanTree } from './plan-tree.tsx';
import { QueryBox } from './query-box.tsx';
import { Results, ResultsSkeleton } from './results.tsx';
import { letterOf, MOST_QUERIES } from './state.ts';
import { STEP_CHOICES } from './step.ts';
import { type Explore, useExplore } from './use-explore.ts';

const EXAMPLES = [
  'sum by (campaign_id) (rate(order_placed_total[5m])) * 60',
  'histogram_quantile(0.95, sum by (le) (rate(checkout_duration_seconds_bucket[5m])))',
  'topk(5, sum by (city_code) (increase(order_failed_total[1h])))',
];

/** PromQL, asked freely: several queries over one time range. */
export function ExplorePage() {
  const { t } = useTranslation();
  const explore = useExplore();
  const { queries, answers } = explore;
  const empty = queries.every(({ expr }) => expr === '');
  const loading = answers.some((answer, index) => answer.isLoading && !queries[index]?.hidden);
  return (
    <Page
      name={t('page.explore')}
      title={t('page.explore')}
      facts={<span>{t('explore.about')}</span>}
      actions={<Views explore={explore} />}
    >
      <div className={classes.stack}>
        {queries.map((query, index) => (
          <QueryBox
            key={explore.ids[index] ?? index}
            letter={letterOf(index)}
            query={query}
            answer={answers[index]!}
            autoUnit={explore.autoUnits[index]}
            knowledge={explore.knowledge}
            editor={explore.editorRef(index)}
            {...explore.actionsOf(index)}
          />
        ))}
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={queries.length >= MOST_QUERIES}
            onClick={() => explore.add('')}
          >
            {t('explore.addQuery')}
          </Button>
        </div>
      </div>
      {empty && (
        <Empty title={t('explore.empty')} command="npm run demo">
          {t('explore.emptyWhy')}
          <ul className={classes.examples}>
            {EXAMPLES.map((example) => (
              <li key={example}>
                <button
                  type="button"
                  className={classes.example}
                  onClick={() => explore.actionsOf(0).onRun(example)}
                >
                  <code>{example}</code>
                </button>
              </li>
            ))}
          </ul>
        </Empty>
      )}
      {explore.answered.length > 0 ? (
        <CrosshairProvider>
          <Results
            answered={explore.answered}
            metadata={explore.metadata}
            mode={explore.mode}
            view={explore.view}
            draw={explore.draw}
            old={explore.old}
          />
        </CrosshairProvider>
      ) : (
        loading && <ResultsSkeleton />
      )}
      {explore.explain && <Plans explore={explore} />}
      <Overlay explore={explore} />
    </Page>
  );
}

/** How each query was worked out. */
function Plans({ explore }: { readonly explore: Explore }) {
  const { t } = useTranslation();
  return explore.answered.map(({ letter, data }) => (
    <Section key={letter} title={t('explore.plan.of', { letter })} look="plain">
      {data.explain === undefined ? (
        <p className={classes.none}>{t(explore.old ? 'parts.loading' : 'explore.plan.none')}</p>
      ) : (
        <PlanTree explanation={data.explain} />
      )}
    </Section>
  ));
}

/** How answers are asked and shown, for all queries. */
function Views({ explore }: { readonly explore: Explore }) {
  const { t } = useTranslation();
  const { mode, view, draw, step, exemplars, explain, set } = explore;
  const stepLabel = useStepLabel();
  const choice = (value: string) => ({ value, label: stepLabel(value) });
  const known: readonly string[] = Object.values(STEP_CHOICES).flat();
  return (
    <>
      <SegmentedControl
        aria-label={t('explore.mode')}
        value={mode}
        data={[
          { value: 'range', label: t('explore.range') },
          { value: 'instant', label: t('explore.instant') },
        ]}
        onChange={(next) => set({ mode: next === 'instant' ? 'instant' : undefined })}
      />
      {mode === 'range' && (
        <>
          <SegmentedControl
            aria-label={t('explore.view')}
            value={view}
            data={[
              { value: 'graph', label: t('parts.asGraph') },
              { value: 'table', label: t('parts.asTable') },
            ]}
            onChange={(next) => set({ view: next === 'table' ? 'table' : undefined })}
          />
          {view === 'graph' && (
            <SegmentedControl
              aria-label={t('explore.draw')}
              value={draw}
              data={[
                { value: 'lines', label: t('explore.lines') },
                { value: 'stacked', label: t('explore.stacked') },
                { value: 'points', label: t('explore.points') },
              ]}
              onChange={(next) => set({ draw: next === 'stacked' || next === 'points' ? next : undefined })}
            />
          )}
          <Select
            className={classes.step ?? ''}
            aria-label={t('explore.step')}
            allowDeselect={false}
            value={step}
            data={[
              { group: t('explore.resolution'), items: STEP_CHOICES.resolution.map(choice) },
              { group: t('explore.stepAtLeast'), items: STEP_CHOICES.atLeast.map(choice) },
              {
                group: t('explore.stepExactly'),
                items: [...STEP_CHOICES.exactly, ...(known.includes(step) ? [] : [step])].map(choice),
              },
            ]}
            onChange={(next) => set({ step: next === null || next === '' ? undefined : next })}
          />
          <Switch
            size="xs"
            className={classes.switch ?? ''}
            label={t('explore.exemplars')}
            checked={exemplars}
            onChange={(event) => set({ exemplars: event.currentTarget.checked ? undefined : 'off' })}
          />
        </>
      )}
      <Switch
        size="xs"
        className={classes.switch ?? ''}
        label={t('explore.plan.title')}
        checked={explain}
        onChange={(event) => set({ explain: event.currentTarget.checked ? '1' : undefined })}
      />
    </>
  );
}

/** What a step is called: by its resolution, or as a length of time. */
function useStepLabel(): (step: string) => string {
  const { t } = useTranslation();
  return (step) => {
    if (step === '') return t('explore.stepAuto');
    if (step === 'high') return t('explore.stepHigh');
    if (step === 'low') return t('explore.stepLow');
    return step.replace('>=', '≥ ');
  };
}

/** What lies over the page: the history, the metrics, an alert that is being made. */
function Overlay({ explore }: { readonly explore: Explore }) {
  const { overlay } = explore;
  if (overlay === null) return null;
  const close = (): void => explore.open(null);
  const runAndClose = (expr: string): void => {
    close();
    explore.actionsOf(overlay.index).onRun(expr);
  };
  switch (overlay.kind) {
    case 'history':
      return (
        <HistoryDrawer
          past={explore.past}
          onChange={explore.setPast}
          onPick={runAndClose}
          onAdd={(expr) => {
            close();
            explore.add(expr);
          }}
          onClose={close}
        />
      );
    case 'metrics':
      return (
        <MetricBrowser
          onInsert={(text) => {
            close();
            explore.insert(overlay.index, text);
          }}
          onRun={runAndClose}
          onClose={close}
        />
      );
    case 'alert':
      return (
        <AlertDialog
          expr={explore.queries[overlay.index]?.expr ?? ''}
          unit={explore.queries[overlay.index]?.unit || explore.autoUnits[overlay.index]}
          lastValue={explore.lastValue(overlay.index)}
          onClose={close}
        />
      );
  }
}
