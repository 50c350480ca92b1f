import { Button } from '@mantine/core';
import { IconArrowUp, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogFilter } from '../../api/logs.ts';
import { useFormat } from '../../i18n/format.ts';
import { useLive } from '../../live/live-provider.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { Section } from '../../parts/section.tsx';
import { LogRow } from './log-row.tsx';
import classes from './logs.module.css';
import { type LogTail, useLogTail } from './use-log-tail.ts';

export interface LiveTailProps {
  readonly filter: LogFilter;
}

/** Records as they come. They are followed while the list is at its top and nobody has paused it. */
export function LiveTail({ filter }: LiveTailProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const frame = useLive();
  const list = useRef<HTMLDivElement>(null);
  const [isPaused, setPaused] = useState(false);
  const [isAtTop, setAtTop] = useState(true);
  const isStopped = isPaused || frame.paused;
  const tail = useLogTail(filter, isStopped || !isAtTop);
  const toTop = (): void => {
    list.current?.scrollTo({ top: 0 });
    tail.release();
  };
  return (
    <Section
      title={t('log.liveTail')}
      note={<TailState tail={tail} isStopped={isStopped} />}
      actions={
        <>
          {tail.waiting.length > 0 && (
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconArrowUp size={14} aria-hidden />}
              onClick={toTop}
            >
              {t('log.showNew', { count: tail.waiting.length, shown: format.number(tail.waiting.length) })}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            disabled={frame.paused}
            leftSection={
              isStopped ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />
            }
            onClick={() => setPaused(!isPaused)}
          >
            {t(isStopped ? 'log.resume' : 'log.pause')}
          </Button>
        </>
      }
    >
      <section
        ref={list}
        className={classes.tail}
        aria-label={t('log.records')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={(event) => setAtTop(event.currentTarget.scrollTop < 4)}
      >
        {tail.shown.length === 0 ? (
          <p className={classes.none}>
            {t(tail.connection === 'lost' ? 'log.waitingForConnection' : 'log.waiting')}
          </p>
        ) : (
          <ul className={classes.records}>
            {tail.shown.map(({ key, record }) => (
              <LogRow key={key} record={record} onOpen={() => setPaused(true)} />
            ))}
          </ul>
        )}
      </section>
    </Section>
  );
}

interface TailStateProps {
  readonly tail: LogTail;
  readonly isStopped: boolean;
}

function TailState({ tail, isStopped }: TailStateProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className={classes.facts}>
      {tail.connection === 'lost' ? (
        <StateMark mark="failed">{t('log.lost')}</StateMark>
      ) : tail.delayed !== null ? (
        <StateMark mark="warning">{t('log.delayed', { reason: tail.delayed })}</StateMark>
      ) : isStopped ? (
        <StateMark mark="unknown">{t('log.paused')}</StateMark>
      ) : (
        <span>{t(tail.connection === 'live' ? 'log.following' : 'log.connecting')}</span>
      )}
      {tail.dropped > 0 && (
        <StateMark mark="warning">
          {t('log.dropped', { count: tail.dropped, shown: format.number(tail.dropped) })}
        </StateMark>
      )}
    </span>
  );
}
