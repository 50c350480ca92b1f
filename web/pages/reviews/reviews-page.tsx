import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';

/** What will be here: there is no review yet, and the page says so. */
export function ReviewsPage() {
  const { t } = useTranslation();
  return (
    <Page name={t('page.reviews')} title={t('page.reviews')} facts={<span>{t('review.facts')}</span>}>
      <Empty title={t('review.none')}>
        <p>{t('review.noneWhy')}</p>
        <p>
          <Link to="/incidents" search={{ show: 'resolved' as const }}>
            {t('review.untilThen')}
          </Link>
        </p>
      </Empty>
    </Page>
  );
}
