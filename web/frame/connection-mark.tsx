import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import { useNow } from '../live/clock.tsx';
import { useLive } from '../live/live-provider.tsx';
import classes from './connection-mark.module.css';

/** Whether what is on screen follows what happens. Words and shape say it, not colour alone. */
export function ConnectionMark() {
  const { t } = useTranslation();
  const format = useFormat();
  const { connection, paused } = useLive();
  const now = useNow(1_000);
  const state = paused ? 'paused' : connection.state;
  const hint =
    connection.state === 'lost'
      ? t('frame.lostHint', {
          since: format.relative(connection.sinceMs, now),
          seconds: Math.max(0, Math.ceil((connection.retryAtMs - now) / 1000)),
        })
      : t(`frame.${state}Hint`);
  return (
    <Tooltip label={hint}>
      <span className={classes.mark} data-state={state} role="status">
        <span className={classes.dot} aria-hidden />
        <span className={classes.word}>{t(`frame.${state}`)}</span>
      </span>
    </Tooltip>
  );
}
