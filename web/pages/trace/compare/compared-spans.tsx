import { Button, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type CSSProperties, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Section } from '../../../parts/section.tsx';
import type { TraceSearch } from '../search.ts';
import page from '../trace.module.css';
import { useVirtualRows } from '../use-virtual-rows.ts';
import type { TimeWindow } from '../view-state.ts';
import { BesideHead, BesideRow } from './beside-row.tsx';
import classes from './compare.module.css';
import type { ComparedTraces } from './compare-view.tsx';
import { MergedHead, MergedRow } from './merged-row.tsx';
import { PathDetail } from './path-detail.tsx';
import { differs, onlyDiffering, type PairedPath, pathOf } from './paths.ts';

export interface ComparedSpansProps {
  readonly traces: ComparedTraces;
  readonly paths: readonly PairedPath[];
  /** By service. */
  readonly colours: ReadonlyMap<string, string>;
}

/** The times of both traces, as their lanes show them. */
export interface LaneWindows {
  readonly here: TimeWindow;
  readonly there: TimeWindow;
}

/** Heights of a row, pixels: on a phone what does not fit beside stands below. */
const ROWS = {
  merged: { desk: 28, phone: 52 },
  beside: { desk: 32, phone: 88 },
} as const;
const MOST_ROWS_SEEN = 24;

/**
 * Both traces call by call, in one list: merged, how long and how often each took; or side by side, when it ran. A call has one row in
 * both, so what differs stands beside its like, and one scroll moves both.
 */
export function ComparedSpans({ traces, paths, colours }: ComparedSpansProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const search = useSearch({ from: '/traces/$traceId' });
  const navigate = useNavigate({ from: '/traces/$traceId' });
  const set = (part: { [Name in keyof TraceSearch]?: TraceSearch[Name] | undefined }): void =>
    void navigate({
      search: (old) => ({ ...old, ...part }) as TraceSearch,
      replace: true,
      resetScroll: false,
    });
  const longestNano = Math.max(traces.here.durationNano, traces.there.durationNano);
  const count = useMemo(
    () => paths.filter((path) => differs(path, longestNano)).length,
    [paths, longestNano],
  );
  const onlyThose = search.differs === '1';
  const shown = useMemo(
    () => (onlyThose ? onlyDiffering(paths, longestNano) : paths),
    [paths, longestNano, onlyThose],
  );
  const chosen = search.span === undefined ? null : pathOf(paths, search.span);
  const beside = search.as === 'beside';
  const sameScale = search.scale !== 'own';
  return (
    <Section
      title={t('waterfall.spansDiffer')}
      actions={
        <div className={classes.tools}>
          {beside && (
            <Toggle isOn={sameScale} onClick={() => set({ scale: sameScale ? 'own' : undefined })}>
              {t('waterfall.sameScale')}
            </Toggle>
          )}
          <Toggle isOn={onlyThose} onClick={() => set({ differs: onlyThose ? undefined : '1' })}>
            {t('waterfall.onlyDiffering', { count, shown: format.number(count) })}
          </Toggle>
          <SegmentedControl
            aria-label={t('waterfall.showSpans')}
            value={beside ? 'beside' : 'merged'}
            data={[
              { value: 'merged', label: t('waterfall.merged') },
              { value: 'beside', label: t('waterfall.beside') },
            ]}
            onChange={(next) => set({ as: next === 'beside' ? 'beside' : undefined })}
          />
        </div>
      }
      look="plain"
    >
      <div className={classes.compared}>
        <div className={`${page.split} ${classes.split}`} data-open={chosen !== null}>
          <ComparedList
            traces={traces}
            paths={shown}
            colours={colours}
            beside={beside}
            sameScale={sameScale}
            chosen={chosen}
            onChoose={(path) =>
              set({
                span:
                  path === null || path.key === chosen?.key
                    ? undefined
                    : (path.here[0] ?? path.there[0])?.key,
              })
            }
          />
          {chosen !== null && (
            <PathDetail
              key={chosen.key}
              path={chosen}
              traces={traces}
              onClose={() => set({ span: undefined })}
            />
          )}
        </div>
      </div>
    </Section>
  );
}

interface ToggleProps {
  readonly isOn: boolean;
  readonly onClick: () => void;
  readonly children: string;
}

const Toggle = ({ isOn, onClick, children }: ToggleProps) => (
  <Button variant="default" className={page.toggle} aria-pressed={isOn} data-on={isOn} onClick={onClick}>
    {children}
  </Button>
);

interface ComparedListProps extends ComparedSpansProps {
  readonly beside: boolean;
  readonly sameScale: boolean;
  readonly chosen: PairedPath | null;
  readonly onChoose: (path: PairedPath) => void;
}

function ComparedList({ traces, paths, colours, beside, sameScale, chosen, onChoose }: ComparedListProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery('(max-width: 767px)', undefined, { getInitialValueInEffect: false });
  const height = ROWS[beside ? 'beside' : 'merged'][isPhone === true ? 'phone' : 'desk'];
  const { scroller, first, end, onScroll } = useVirtualRows(paths.length, height);
  const windows = useMemo(() => windowsOf(traces, sameScale), [traces, sameScale]);
  const most = useMemo(
    () => paths.reduce((longest, { changeNano }) => Math.max(longest, Math.abs(changeNano)), 1),
    [paths],
  );
  if (paths.length === 0) return <p className={classes.dim}>{t('waterfall.nothingDiffers')}</p>;
  return (
    <div
      className={classes.tree}
      data-as={beside ? 'beside' : 'merged'}
      data-scrolls={paths.length > MOST_ROWS_SEEN}
    >
      {beside ? <BesideHead windows={windows} /> : <MergedHead />}
      <section
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        className={classes.scroller}
        style={{ height: Math.min(paths.length, MOST_ROWS_SEEN) * height }}
        aria-label={t('waterfall.change')}
        onScroll={onScroll}
      >
        <ul className={classes.all} style={{ height: paths.length * height }}>
          {paths.slice(first, end).map((path, offset) => (
            <li
              key={path.key}
              className={classes.row}
              data-state={path.state}
              data-chosen={path.key === chosen?.key}
              style={
                {
                  height,
                  transform: `translateY(${(first + offset) * height}px)`,
                  '--depth': path.depth,
                  '--service': colours.get(path.service),
                } as CSSProperties
              }
            >
              <PathLabel path={path} isChosen={path.key === chosen?.key} onChoose={onChoose} />
              {beside ? (
                <BesideRow path={path} traces={traces} windows={windows} />
              ) : (
                <MergedRow path={path} traces={traces} most={most} />
              )}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** On one scale what is longer looks longer; each on its own, what happens at the same part of both stands below each other. */
function windowsOf({ here, there }: ComparedTraces, sameScale: boolean): LaneWindows {
  const longest = Math.max(here.durationNano, there.durationNano);
  const until = (toNano: number): TimeWindow => ({ fromNano: 0, toNano });
  return sameScale
    ? { here: until(longest), there: until(longest) }
    : { here: until(here.durationNano), there: until(there.durationNano) };
}

interface PathLabelProps {
  readonly path: PairedPath;
  readonly isChosen: boolean;
  readonly onChoose: (path: PairedPath) => void;
}

function PathLabel({ path, isChosen, onChoose }: PathLabelProps) {
  return (
    <button
      type="button"
      className={classes.label}
      aria-pressed={isChosen}
      title={`${path.service}: ${path.name}`}
      onClick={() => onChoose(path)}
    >
      <span className={classes.service}>{path.service}</span>
      <span className={classes.name}>{path.name}</span>
    </button>
  );
}
