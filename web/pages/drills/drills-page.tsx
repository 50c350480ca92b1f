import { useTranslation } from 'react-i18next';
import { CopyableCommand } from '../../parts/copyable-command.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import classes from './drills.module.css';

/** What will be here, and how to run a case from the terminal until then. */
export function DrillsPage() {
  const { t } = useTranslation();
  return (
    <Page name={t('page.drills')} title={t('page.drills')} facts={<span>{t('drill.facts')}</span>}>
      <Empty title={t('drill.none')} command="npm run scenario -- list">
        {t('drill.noneWhy')}
      </Empty>
      <Section title={t('drill.oneCent')}>
        <div className={classes.case}>
          <p>{t('drill.oneCentTeaches')}</p>
          <p>
            {t('drill.run')} <CopyableCommand command="npm run scenario -- run one-cent-tickets" />
          </p>
        </div>
      </Section>
    </Page>
  );
}
