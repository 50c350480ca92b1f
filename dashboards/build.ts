import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Campaign } from '../campaigns/manifest.ts';
import { parseExpr } from '../promql/parser.ts';
import { campaignDashboard, type DashboardOptions } from './campaign.ts';
import { overviewDashboard } from './overview.ts';
import { DashboardError, dashboardProblems, type ParseQuery } from './validate.ts';

export interface BuiltDashboard {
  readonly uid: string;
  readonly title: string;
  /** Grafana dashboard JSON, plain data. */
  readonly dashboard: Dashboard;
}

/**
 * All dashboards of the library in one language, checked: the overview first, then one a campaign.
 *
 * @throws DashboardError on a dashboard that is not fit to be shown, or on two with one uid.
 */
export function buildDashboards(
  campaigns: readonly Campaign[],
  options: DashboardOptions = {},
  parseQuery: ParseQuery = parseExpr,
): readonly BuiltDashboard[] {
  const built = [overviewDashboard(options), ...campaigns.map((one) => campaignDashboard(one, options))];
  const seen = new Set<string>();
  return built.map((dashboard) => {
    const uid = dashboard.uid ?? '';
    const problems = [
      ...(seen.has(uid) ? [`the uid ${uid} is used twice`] : []),
      ...dashboardProblems(dashboard, parseQuery),
    ];
    if (problems.length > 0) throw new DashboardError(uid, problems);
    seen.add(uid);
    return { uid, title: dashboard.title ?? uid, dashboard };
  });
}
