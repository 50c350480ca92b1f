import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AlertRule } from '../../../model/api/alert.ts';
import { alertRulesQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { alertOrder } from '../../parts/states.ts';
import classes from './alerts.module.css';
import { RuleRow } from './rule-row.tsx';
import { ALERT_FILTERS } from './search.ts';

type Filter = (typeof ALERT_FILTERS)[number];

/** Whether a rule in this state is shown under a filter. */
const SHOWS = {
  all: () => true,
  firing: (state) => state === 'firing',
  pending: (state) => state === 'pending',
  blind: (state) => state === 'no_data' || state === 'error',
  inactive: (state) => state === 'inactive',
} as const satisfies Record<Filter, (state: AlertRule['state']) => boolean>;

/** Every rule with its state and the reason for it, those that want to be seen first, by group. */
export function AlertsPage() {
  const { t } = useTranslation();
  const query = useQuery(alertRulesQuery);
  return (
    <Page
      name={t('page.alerts')}
      title={t('page.alerts')}
      facts={query.data === undefined ? <NotYet query={query} /> : <Counts rules={query.data} />}
    >
      <Answer query={query} skeleton={<RowsSkeleton rows={6} height={60} />}>
        {(rules) => <Rules rules={rules} />}
      </Answer>
    </Page>
  );
}

function Counts({ rules }: { readonly rules: readonly AlertRule[] }) {
  const { t } = useTranslation();
  const count = (filter: Filter): number => rules.filter(({ state }) => SHOWS[filter](state)).length;
  const [firing, pending, blind] = [count('firing'), count('pending'), count('blind')];
  return (
    <>
      <StateMark mark={firing > 0 ? 'page' : 'good'}>{t('alert.rulesFiring', { count: firing })}</StateMark>
      {pending > 0 && <StateMark mark="warning">{t('alert.rulesPending', { count: pending })}</StateMark>}
      {blind > 0 && <StateMark mark="unknown">{t('now.blindCount', { count: blind })}</StateMark>}
    </>
  );
}

function Rules({ rules }: { readonly rules: readonly AlertRule[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { state: filter = 'all' } = useSearch({ from: '/alerts' });
  const { campaign }: FrameSearch = useSearch({ strict: false });
  if (rules.length === 0) {
    return (
      <Empty title={t('alert.noRules')} command="npm run demo">
        {t('alert.noRulesWhy')}
      </Empty>
    );
  }
  const ofCampaign = rules.filter((rule) => isAbout(rule, campaign));
  const shown = ofCampaign
    .filter(({ state }) => SHOWS[filter](state))
    .toSorted((a, b) => alertOrder(a.state) - alertOrder(b.state) || a.name.localeCompare(b.name));
  const groups = [...Map.groupBy(shown, ({ group }) => group)];
  return (
    <div className={classes.stack}>
      <div className={classes.filters}>
        <SegmentedControl
          aria-label={t('alert.filterLabel')}
          value={filter}
          data={ALERT_FILTERS.map((value) => ({
            value,
            label: t('alert.filterCount', {
              name: t(`alert.filter.${value}`),
              count: ofCampaign.filter(({ state }) => SHOWS[value](state)).length,
            }),
          }))}
          onChange={(next) =>
            void navigate({
              to: '.',
              search: (old) => ({ ...old, state: ALERT_FILTERS.find((one) => one === next) }),
              replace: true,
            })
          }
        />
      </div>
      {groups.length === 0 && <Empty title={t('alert.noneShown')}>{t('alert.noneShownWhy')}</Empty>}
      {groups.map(([group, members]) => (
        <Section key={group} title={group} note={members[0]?.file}>
          <ul className={classes.rules}>
            {members.map((rule) => (
              <RuleRow key={rule.name} rule={rule} />
            ))}
          </ul>
        </Section>
      ))}
    </div>
  );
}

/** A rule is about a campaign when it names it, fires for it, or names none. */
function isAbout(rule: AlertRule, campaign: string | undefined): boolean {
  if (campaign === undefined) return true;
  const named = rule.labels.campaign_id;
  return (
    named === undefined ||
    named === campaign ||
    rule.instances.some(({ campaignId }) => campaignId === campaign)
  );
}
