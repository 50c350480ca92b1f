import { Button, Popover, TextInput } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceSummary } from '../../../model/api/trace.ts';
import { tracesQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { ClockTime } from '../../parts/time-text.tsx';
import { sameRootQuery } from './links.ts';
import classes from './trace.module.css';
import type { TraceTree } from './tree.ts';

export interface LikeTracesProps {
  readonly traceId: string;
  readonly tree: TraceTree;
}

/** A trace to compare with: one that began in the same way, or any by its id. */
export function LikeTraces({ traceId, tree }: LikeTracesProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} width={420} position="bottom-end" trapFocus withRoles>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconArrowsDiff size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {t('waterfall.compare')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.like} aria-label={t('waterfall.compare')}>
        <ById traceId={traceId} />
        <Found traceId={traceId} tree={tree} />
      </Popover.Dropdown>
    </Popover>
  );
}

function ById({ traceId }: { readonly traceId: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const isId = /^[0-9a-f]{32}$/i.test(id.trim());
  const go = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isId)
      void navigate({
        to: '/traces/$traceId',
        params: { traceId },
        search: { compare: id.trim().toLowerCase() },
      });
  };
  return (
    <form className={classes.byId} onSubmit={go}>
      <TextInput
        aria-label={t('waterfall.otherId')}
        placeholder={t('waterfall.otherId')}
        value={id}
        error={id !== '' && !isId ? t('waterfall.notAnId') : undefined}
        onChange={({ currentTarget: { value } }) => setId(value)}
      />
      <Button type="submit" variant="default" disabled={!isId}>
        {t('waterfall.compareNow')}
      </Button>
    </form>
  );
}

const AROUND_MS = 60 * 60_000;
const MOST_FOUND = 50;
const MOST_SHOWN = 12;

/** Good ones first where this one failed, else those that failed; then those nearest in time. */
function nearest(found: readonly TraceSummary[], traceId: string, tree: TraceTree): readonly TraceSummary[] {
  const isUseful = ({ errors }: TraceSummary): number =>
    Number(errors === 0) ^ Number(tree.errors.length === 0);
  const away = ({ startMs }: TraceSummary): number => Math.abs(startMs - tree.startMs);
  return found
    .filter((one) => one.traceId !== traceId)
    .sort((a, b) => isUseful(b) - isUseful(a) || away(a) - away(b))
    .slice(0, MOST_SHOWN);
}

function Found({ traceId, tree }: LikeTracesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(
    tracesQuery({
      q: tree.main === null ? '{}' : sameRootQuery(tree.main.span),
      start: Math.floor(tree.startMs - AROUND_MS),
      end: Math.ceil(tree.startMs + AROUND_MS),
      limit: MOST_FOUND,
    }),
  );
  return (
    <Answer query={query} skeleton={<RowsSkeleton rows={5} height={32} />}>
      {({ traces }) => {
        const like = nearest(traces, traceId, tree);
        if (like.length === 0) return <p className={classes.dim}>{t('waterfall.noneLike')}</p>;
        return (
          <ul className={classes.likeRows}>
            {like.map((one) => (
              <li key={one.traceId}>
                <Link to="/traces/$traceId" params={{ traceId }} search={{ compare: one.traceId }}>
                  <ClockTime ms={one.startMs} />
                  <span>{format.duration(one.durationMs)}</span>
                  <span className={classes.dim}>{t('trace.spans', { count: one.spans })}</span>
                  {one.errors > 0 ? (
                    <StateMark mark="page">{t('trace.errors', { count: one.errors })}</StateMark>
                  ) : (
                    <StateMark mark="good">{t('trace.noErrors')}</StateMark>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        );
      }}
    </Answer>
  );
}
