import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { servicesQuery } from '../../api/queries.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { ServiceTable } from '../../parts/service-table.tsx';
import { GraphSection } from './graph-section.tsx';

/** Who calls whom and how well; who sends telemetry, how much, and who stopped. */
export function ServicesPage() {
  const { t } = useTranslation();
  const query = useQuery(servicesQuery);
  const quiet = query.data?.filter(({ state }) => state !== 'good').length;
  return (
    <Page
      name={t('page.services')}
      title={t('page.services')}
      facts={
        quiet === undefined ? (
          <NotYet query={query} />
        ) : quiet > 0 ? (
          <StateMark mark="warning">{t('service.quietCount', { count: quiet })}</StateMark>
        ) : (
          <StateMark mark={query.data?.length === 0 ? 'unknown' : 'good'}>
            {query.data?.length === 0 ? t('service.noTelemetry') : t('service.allSend')}
          </StateMark>
        )
      }
    >
      {query.data?.length === 0 ? (
        <Empty title={t('service.none')} command="npm run demo">
          {t('service.noneWhy')}
        </Empty>
      ) : (
        <>
          <GraphSection />
          <Section title={t('service.telemetry')} note={t('service.telemetryNote')}>
            <Answer query={query} skeleton={<RowsSkeleton rows={6} height={34} />}>
              {(services) => <ServiceTable services={services} />}
            </Answer>
          </Section>
        </>
      )}
    </Page>
  );
}
