import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';

/** An address that leads nowhere. */
export function LostPage(): ReactNode {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <Page name={t('frame.lostPage')} title={t('frame.lostPage')}>
      <Empty title={t('frame.lostPageWhy', { path: pathname })} mark="unknown">
        <Link to="/">{t('frame.lostPageRemedy')}</Link>
      </Empty>
    </Page>
  );
}
