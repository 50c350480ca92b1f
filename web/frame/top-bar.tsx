import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../live/live-provider.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { CampaignSelect } from './campaign-select.tsx';
import { ConnectionMark } from './connection-mark.tsx';
import { TimeRangePicker } from './time-range-picker.tsx';
import classes from './top-bar.module.css';

export interface TopBarProps {
  readonly onSearch: () => void;
}

/** Where one is, what the page is narrowed to, whether it is live, and the way to anything else. */
export function TopBar({ onSearch }: TopBarProps) {
  const { t } = useTranslation();
  const live = useLive();
  return (
    <header className={classes.bar}>
      <Breadcrumbs />
      <div className={classes.tools}>
        <div className={classes.context}>
          <CampaignSelect />
          <TimeRangePicker />
        </div>
        <ConnectionMark />
        <Tooltip label={live.paused ? t('frame.resumeHint') : t('frame.pauseHint')}>
          <ActionIcon
            size={28}
            variant={live.paused ? 'filled' : 'default'}
            color={live.paused ? 'tide' : 'gray'}
            aria-pressed={live.paused}
            aria-label={t('frame.pause')}
            onClick={() => live.setPaused(!live.paused)}
          >
            {live.paused ? (
              <IconPlayerPlay size={16} aria-hidden />
            ) : (
              <IconPlayerPause size={16} aria-hidden />
            )}
          </ActionIcon>
        </Tooltip>
        <Button
          variant="default"
          className={classes.search}
          leftSection={<IconSearch size={14} aria-hidden />}
          onClick={onSearch}
          aria-label={t('frame.search')}
          aria-keyshortcuts="/ Control+K"
        >
          <span className={classes.searchWord}>{t('frame.search')}</span>
          <kbd className={classes.key}>/</kbd>
        </Button>
      </div>
    </header>
  );
}
