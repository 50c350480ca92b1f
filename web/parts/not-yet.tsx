import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

/** In the place of a page's facts until they are known: that they are coming, or that they could not be had. */
export function NotYet({ query }: { readonly query: UseQueryResult<unknown> }) {
  const { t } = useTranslation();
  return <span>{query.error === null ? t('parts.loading') : t('parts.failed')}</span>;
}
