import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSetFrame, useTimeRange } from '../frame/use-time-range.ts';
import { useFormat } from '../i18n/format.ts';
import { Empty } from './notice.tsx';

export interface NothingFoundProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Whether conditions narrow what is asked for. Where none do, nothing came at all, and the command fills the place. */
  readonly isNarrowed: boolean;
}

const HOUR = 3_600_000;
const WIDER = [
  { from: 'now-24h', ms: 24 * HOUR },
  { from: 'now-7d', ms: 168 * HOUR },
] as const;

/** An answer without a hit: what to change, and one click to look further back. */
export function NothingFound({ title, children, isNarrowed }: NothingFoundProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const setFrame = useSetFrame();
  const { fromMs, toMs } = useTimeRange();
  const wider = WIDER.find(({ ms }) => ms > toMs - fromMs);
  return (
    <Empty title={title} mark="unknown" {...(!isNarrowed && { command: 'npm run demo' })}>
      <p>{children}</p>
      {wider !== undefined && (
        <Button variant="default" onClick={() => setFrame({ from: wider.from, to: 'now' })}>
          {t('range.last', { span: format.duration(wider.ms) })}
        </Button>
      )}
    </Empty>
  );
}
