import { ActionIcon, Button, Drawer, Switch, TextInput } from '@mantine/core';
import { IconSearch, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { RelativeTime } from '../../parts/time-text.tsx';
import { type PastQuery, searchHistory, without, withStar } from './history.ts';
import classes from './history-drawer.module.css';

export interface HistoryDrawerProps {
  readonly past: readonly PastQuery[];
  readonly onChange: (past: readonly PastQuery[]) => void;
  /** Puts it in the place of the query that asked, and runs it. */
  readonly onPick: (expr: string) => void;
  readonly onAdd: (expr: string) => void;
  readonly onClose: () => void;
}

const SHOWN_MAX = 100;

/** What was asked in this browser: searched, starred, run again. */
export function HistoryDrawer({ past, onChange, onPick, onAdd, onClose }: HistoryDrawerProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const [onlyStarred, setOnlyStarred] = useState(false);
  const found = searchHistory(past, words, onlyStarred);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('explore.history')}
      closeButtonProps={{ 'aria-label': t('parts.close') }}
    >
      <div className={classes.tools}>
        <TextInput
          data-autofocus
          className={classes.search}
          aria-label={t('explore.historySearch')}
          placeholder={t('explore.historySearch')}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Switch
          size="xs"
          label={t('explore.onlyStarred')}
          checked={onlyStarred}
          onChange={(event) => setOnlyStarred(event.currentTarget.checked)}
        />
      </div>
      {found.length === 0 ? (
        <Empty title={past.length === 0 ? t('explore.historyEmpty') : t('explore.historyNone')}>
          {past.length === 0 ? t('explore.historyEmptyWhy') : t('explore.historyNoneWhy')}
        </Empty>
      ) : (
        <ul className={classes.list}>
          {found.slice(0, SHOWN_MAX).map((one) => (
            <Past
              key={one.expr}
              past={one}
              onPick={() => onPick(one.expr)}
              onAdd={() => onAdd(one.expr)}
              onStar={() => onChange(withStar(past, one.expr, !one.starred))}
              onForget={() => onChange(without(past, one.expr))}
            />
          ))}
        </ul>
      )}
    </Drawer>
  );
}

interface PastProps {
  readonly past: PastQuery;
  readonly onPick: () => void;
  readonly onAdd: () => void;
  readonly onStar: () => void;
  readonly onForget: () => void;
}

function Past({ past, onPick, onAdd, onStar, onForget }: PastProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const star = past.starred ? t('explore.unstar') : t('explore.star');
  return (
    <li className={classes.row}>
      <ActionIcon onClick={onStar} aria-label={star} title={star} aria-pressed={past.starred}>
        {past.starred ? <IconStarFilled size={16} aria-hidden /> : <IconStar size={16} aria-hidden />}
      </ActionIcon>
      <div className={classes.words}>
        <button type="button" className={classes.pick} title={t('explore.runAgain')} onClick={onPick}>
          <code>{past.expr}</code>
        </button>
        <p className={classes.facts}>
          {past.atMs !== null && <RelativeTime ms={past.atMs} />}
          {past.tookMs !== null && <span>{format.duration(past.tookMs)}</span>}
          <span>{t('explore.runs', { count: past.runs })}</span>
        </p>
      </div>
      <Button variant="default" onClick={onAdd}>
        {t('explore.addAsQuery')}
      </Button>
      <ActionIcon onClick={onForget} aria-label={t('explore.forget')} title={t('explore.forget')}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </li>
  );
}
