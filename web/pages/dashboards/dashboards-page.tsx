import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { dashboardsQuery } from '../../api/queries.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import classes from './dashboards.module.css';

/** All dashboards, each the same file that Grafana takes. */
export function DashboardsPage() {
  const { t, i18n } = useTranslation();
  const query = useQuery(dashboardsQuery(contentLanguage(i18n.language)));
  return (
    <Page
      name={t('page.dashboards')}
      title={t('page.dashboards')}
      facts={<span>{t('dashboard.about')}</span>}
    >
      <Answer query={query} skeleton={<RowsSkeleton rows={3} height={40} />}>
        {(dashboards) =>
          dashboards.length === 0 ? (
            <Empty title={t('dashboard.none')} command="npm run tidewarden -- dashboards build">
              {t('dashboard.noneWhy')}
            </Empty>
          ) : (
            <ul className={classes.list}>
              {dashboards.map(({ uid, title }) => (
                <li key={uid}>
                  <Link to="/dashboards/$uid" params={{ uid }} className={classes.name}>
                    {title}
                  </Link>
                  <code>{uid}</code>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Page>
  );
}
