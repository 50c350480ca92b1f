import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';

/** A page whose code failed; the frame around it still works. */
export function BrokenPage({
  error,
  reset,
}: {
  readonly error: unknown;
  readonly reset: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <Page name={t('frame.broken')} title={t('frame.broken')}>
      <Failure
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </Page>
  );
}
