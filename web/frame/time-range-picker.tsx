import { Button, Popover, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import type { FrameSearch } from './search.ts';
import { isMoving, QUICK_RANGES, REFRESH_INTERVALS, resolveTime } from './time-range.ts';
import classes from './time-range-picker.module.css';
import { useLaunch } from './use-launch.ts';
import { type TimeRange, useSetFrame, useTimeRange } from './use-time-range.ts';

/** Which time the page shows: quick ranges, exact ends, how often it is renewed, and T± from a launch. */
export function TimeRangePicker() {
  const { t } = useTranslation();
  const range = useTimeRange();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          className={classes.button}
          leftSection={<IconClock size={14} aria-hidden />}
          onClick={() => setOpen(!open)}
          aria-label={`${t('range.title')}: ${useRangeWords(range)}`}
          aria-haspopup="dialog"
          aria-expanded={open}
        >
          {useRangeWords(range)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('range.title')}>
        <RangeForm key={`${range.from}:${range.to}`} range={range} onDone={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function useRangeWords(range: TimeRange): string {
  const { t } = useTranslation();
  const format = useFormat();
  const launch = useLaunch();
  const quick = /^now-(.+)$/.exec(range.from);
  if (quick !== null && range.to === 'now')
    return t('range.last', { span: spanWords(quick[1] ?? '', format) });
  const end = (ms: number): string =>
    launch.shown && launch.startsAtMs !== null ? format.launch(ms, launch.startsAtMs) : format.dateTime(ms);
  return t('range.between', { from: end(range.fromMs), to: end(range.toMs) });
}

function spanWords(span: string, format: ReturnType<typeof useFormat>): string {
  const size = resolveTime(`now+${span}`, 0);
  return size === null ? span : format.duration(size);
}

interface RangeFormProps {
  readonly range: TimeRange;
  readonly onDone: () => void;
}

function RangeForm({ range, onDone }: RangeFormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const setFrame = useSetFrame();
  return (
    <div className={classes.form}>
      <fieldset className={classes.quick}>
        <legend className={classes.legend}>{t('range.quick')}</legend>
        {QUICK_RANGES.map((span) => (
          <Button
            key={span}
            variant={range.from === `now-${span}` && range.to === 'now' ? 'light' : 'default'}
            onClick={() => {
              setFrame({ from: `now-${span}`, to: 'now' });
              onDone();
            }}
          >
            {spanWords(span, format)}
          </Button>
        ))}
      </fieldset>
      <ExactEnds range={range} onDone={onDone} />
      <div>
        <span className={classes.legend} id="refresh-label">
          {t('range.refresh')}
        </span>
        <SegmentedControl
          fullWidth
          aria-labelledby="refresh-label"
          value={range.refresh}
          disabled={!isMoving(range.to)}
          onChange={(refresh) => setFrame({ refresh })}
          data={REFRESH_INTERVALS.map((value) => ({
            value,
            label: value === 'off' ? t('range.off') : value,
          }))}
        />
      </div>
      <LaunchSwitch />
    </div>
  );
}

/** The two ends as times of day in one's own zone, or as `now-1h`. */
function ExactEnds({ range, onDone }: RangeFormProps) {
  const { t } = useTranslation();
  const setFrame = useSetFrame();
  const [from, setFrom] = useState(() => inputText(range.from));
  const [to, setTo] = useState(() => inputText(range.to));
  const parsedFrom = parseEnd(from);
  const parsedTo = parseEnd(to);
  return (
    <form
      className={classes.exact}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsedFrom === null || parsedTo === null) return;
        setFrame({ from: parsedFrom, to: parsedTo });
        onDone();
      }}
    >
      <TextInput
        label={t('range.from')}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={parsedFrom === null ? t('range.invalid') : null}
      />
      <TextInput
        label={t('range.to')}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={parsedTo === null ? t('range.invalid') : null}
      />
      <Button type="submit" variant="default" disabled={parsedFrom === null || parsedTo === null}>
        {t('range.apply')}
      </Button>
    </form>
  );
}

/** `2026-11-22 14:03:00` in the browser's zone for epoch milliseconds; expressions stay as they are. */
function inputText(expression: string): string {
  if (!/^\d+$/.test(expression)) return expression;
  const date = new Date(Number(expression));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The expression for the URL, or null where it is no time. */
function parseEnd(text: string): string | null {
  const trimmed = text.trim();
  if (/^now([-+]\d+[smhdwMy])?$/.test(trimmed)) return trimmed;
  const parsed = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/.test(trimmed)
    ? new Date(trimmed.length === 10 ? `${trimmed}T00:00` : trimmed.replace(' ', 'T')).getTime()
    : Number.NaN;
  return Number.isNaN(parsed) ? null : String(parsed);
}

function LaunchSwitch() {
  const { t } = useTranslation();
  const launch = useLaunch();
  const setFrame = useSetFrame();
  const search: FrameSearch = useSearch({ strict: false });
  return (
    <Switch
      size="xs"
      label={t('range.fromLaunch')}
      description={launch.startsAtMs === null ? t('range.fromLaunchNeedsCampaign') : undefined}
      disabled={launch.startsAtMs === null}
      checked={search.times === 'launch'}
      onChange={(event) => setFrame({ times: event.currentTarget.checked ? 'launch' : undefined })}
    />
  );
}
