import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useWho } from '../../frame/who.tsx';
import { useFormat } from '../../i18n/format.ts';
import { switchLanguage } from '../../i18n/index.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../../i18n/languages.ts';
import { useNow } from '../../live/clock.tsx';
import { useLive } from '../../live/live-provider.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import classes from './settings.module.css';

const THEMES = ['auto', 'light', 'dark'] as const;

/** How the screens look and speak, and who sits here. Kept in this browser. */
export function SettingsPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const who = useWho();
  const { connection } = useLive();
  const ids = { language: useId(), theme: useId() };
  return (
    <Page name={t('page.settings')} title={t('page.settings')} facts={<span>{t('settings.facts')}</span>}>
      <Section title={t('settings.look')}>
        <div className={classes.rows}>
          <div className={classes.row}>
            <span id={ids.language}>{t('settings.language')}</span>
            <SegmentedControl
              aria-labelledby={ids.language}
              value={i18n.language}
              data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
              onChange={(next) => {
                const language = LANGUAGES.find((one) => one === next);
                if (language !== undefined) void switchLanguage(language);
              }}
            />
          </div>
          <div className={classes.row}>
            <span id={ids.theme}>{t('settings.theme')}</span>
            <SegmentedControl
              aria-labelledby={ids.theme}
              value={colorScheme}
              data={THEMES.map((value) => ({ value, label: t(`settings.themeOf.${value}`) }))}
              onChange={(next) => setColorScheme(THEMES.find((one) => one === next) ?? 'auto')}
            />
          </div>
          <div className={classes.row}>
            <span>{t('settings.zone')}</span>
            <span>
              {Intl.DateTimeFormat().resolvedOptions().timeZone} ({format.zone(now)})
            </span>
          </div>
        </div>
      </Section>
      <Section title={t('settings.you')}>
        <div className={classes.rows}>
          <div className={classes.row}>
            <span>{t('who.label')}</span>
            <span className={classes.value}>
              {who.name ?? t('who.unknown')}
              <Button variant="default" onClick={() => void who.change()}>
                {t('settings.changeName')}
              </Button>
            </span>
          </div>
          <p className={classes.note}>{t('who.why')}</p>
        </div>
      </Section>
      <Section title={t('settings.about')}>
        <div className={classes.rows}>
          <div className={classes.row}>
            <span>{t('settings.version')}</span>
            <span>{connection.state === 'live' ? connection.version : t('parts.noData')}</span>
          </div>
        </div>
      </Section>
    </Page>
  );
}
