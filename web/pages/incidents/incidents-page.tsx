import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { IncidentSummary } from '../../../model/api/incident.ts';
import { incidentsQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { IncidentRows } from '../../parts/incident-rows.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { DeclareIncident } from './declare-incident.tsx';

const SHOWN = ['open', 'resolved', 'all'] as const;

/** Open and past incidents, the worst first. */
export function IncidentsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(incidentsQuery);
  const { show = 'open' } = useSearch({ from: '/incidents' });
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const open = query.data?.filter(({ state }) => state !== 'resolved').length;
  return (
    <Page
      name={t('page.incidents')}
      title={t('page.incidents')}
      facts={
        open === undefined ? (
          <NotYet query={query} />
        ) : (
          <span>{t('incident.openCount', { count: open })}</span>
        )
      }
      actions={<DeclareIncident />}
    >
      <Section
        look="plain"
        title={t(`incident.show.${show}`)}
        actions={
          <SegmentedControl
            aria-label={t('incident.showLabel')}
            value={show}
            data={SHOWN.map((value) => ({ value, label: t(`incident.show.${value}`) }))}
            onChange={(next) =>
              void navigate({
                to: '.',
                search: (old) => ({ ...old, show: SHOWN.find((one) => one === next) }),
                replace: true,
              })
            }
          />
        }
      >
        <Answer query={query} skeleton={<RowsSkeleton rows={4} height={58} />}>
          {(all) => <Shown incidents={chosen(all, show, campaign)} show={show} />}
        </Answer>
      </Section>
    </Page>
  );
}

interface ShownProps {
  readonly incidents: readonly IncidentSummary[];
  readonly show: (typeof SHOWN)[number];
}

function Shown({ incidents, show }: ShownProps) {
  const { t } = useTranslation();
  if (incidents.length > 0) {
    return (
      <Section title={t('incident.count', { count: incidents.length })}>
        <IncidentRows incidents={incidents} />
      </Section>
    );
  }
  return (
    <Empty
      title={t(show === 'open' ? 'now.noIncidents' : 'incident.none')}
      mark={show === 'open' ? 'good' : 'information'}
      command="npm run scenario -- run one-cent-tickets"
    >
      {t('incident.noneWhy')}
    </Empty>
  );
}

/** Unresolved ones first, people's safety and the worst severity first among them, then the newest. */
function chosen(
  all: readonly IncidentSummary[],
  show: (typeof SHOWN)[number],
  campaign: string | undefined,
): readonly IncidentSummary[] {
  const rank = (incident: IncidentSummary): string =>
    [incident.state === 'resolved' ? 1 : 0, incident.safety ? 0 : 1, incident.severity].join(' ');
  return all
    .filter(({ state }) => show === 'all' || (show === 'resolved') === (state === 'resolved'))
    .filter(({ campaignId }) => campaign === undefined || campaignId === campaign)
    .toSorted((a, b) => rank(a).localeCompare(rank(b)) || b.openedAtMs - a.openedAtMs);
}
