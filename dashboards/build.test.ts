import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mustParseCampaign } from '../campaigns/parse-manifest.ts';
import { parseExpr } from '../promql/parser.ts';
import { buildDashboards } from './build.ts';
import { campaignDashboard } from './campaign.ts';
import { places } from './layout.ts';
import { type CheckedDashboard, type CheckedPanel, DashboardError, dashboardProblems } from './validate.ts';

const campaign = mustParseCampaign(
  readFileSync(new URL('../campaigns/library/one-cent-tickets.yaml', import.meta.url), 'utf8'),
  'one-cent-tickets.yaml',
);

describe.each(['en', 'zh'] as const)('dashboards in %s', (locale) => {
  it('are fit to be shown: every query parses, every panel has unit and description', () => {
    const built = buildDashboards([campaign], { locale });
    expect(built.map(({ uid }) => uid)).toEqual(['overview', 'campaign-one-cent-tickets']);
    for (const { dashboard } of built) expect(dashboardProblems(dashboard, parseExpr)).toEqual([]);
  });

  it('are plain JSON', () => {
    const built = buildDashboards([campaign], { locale });
    expect(JSON.parse(JSON.stringify(built))).toEqual(built);
  });

  it('keep every query of a campaign to that campaign', () => {
    const { panels = [] } = campaignDashboard(campaign, { locale });
    const expressions = panels.flatMap((panel) =>
      'targets' in panel
        ? (panel.targets ?? []).map((target) => ('expr' in target ? String(target.expr) : ''))
        : [],
    );
    expect(expressions.length).toBeGreaterThan(30);
    for (const expr of expressions)
      for (const selector of expr.match(/[a-z][\w:]*\{[^}]*\}/gi) ?? [])
        expect(selector, expr).toContain('campaign_id="$campaign"');
    for (const expr of expressions)
      if (/[a-z]/i.test(expr)) expect(expr).toContain('campaign_id="$campaign"');
  });
});

it('has no Chinese in the English dashboards and no English titles in the Chinese ones', () => {
  const han = /\p{Script=Han}/u;
  expect(JSON.stringify(buildDashboards([campaign], { locale: 'en' }))).not.toMatch(han);
  const { panels = [] } = campaignDashboard(campaign, { locale: 'zh' });
  for (const panel of panels) expect(panel.title).toMatch(han);
});

it('uses the names of a platform that calls things otherwise', () => {
  const other = {
    ...campaign,
    names: { ...campaign.names, orderPlaced: 'orders_created_total', gateLabel: 'entrance' },
  };
  const text = JSON.stringify(buildDashboards([other]));
  expect(text).toContain('orders_created_total{campaign_id');
  expect(text).toContain('by (entrance)');
});

it('leaves the venue out for a campaign without one', () => {
  const text = JSON.stringify(campaignDashboard({ ...campaign, venues: [] }));
  expect(text).not.toContain('venue_forecast_density');
});

it('refuses two campaigns with one uid', () => {
  expect(() => buildDashboards([campaign, campaign])).toThrow(DashboardError);
});

describe('the validator', () => {
  type Change = (dashboard: CheckedDashboard, panel: CheckedPanel, next: CheckedPanel) => void;
  const broken = (change: Change): string => {
    const dashboard: CheckedDashboard = structuredClone(campaignDashboard(campaign));
    const [panel, next] = dashboard.panels ?? [];
    change(dashboard, panel!, next!);
    return dashboardProblems(dashboard, parseExpr).join('\n');
  };
  const cases: readonly (readonly [string, string, Change])[] = [
    ['a repeated id', 'repeats the id', (_, panel, next) => Object.assign(next, { id: panel.id })],
    ['an overlap', 'overlaps panel', (_, panel, next) => Object.assign(next, { gridPos: panel.gridPos })],
    ['a panel beyond the grid', 'leaves the grid', (_, panel) => Object.assign(panel.gridPos!, { w: 25 })],
    ['a panel without a description', 'no description', (_, panel) => delete panel.description],
    ['a panel without a unit', 'no unit', (_, panel) => delete panel.fieldConfig],
    ['a bad query', 'in sum(', (_, panel) => Object.assign(panel, { targets: [{ expr: 'sum(' }] })],
    [
      'an unknown variable',
      'unknown variable $city',
      (_, panel) => Object.assign(panel, { targets: [{ expr: 'up{city="$city"}' }] }),
    ],
    ['a dashboard without panels', 'has no panels', (dashboard) => delete dashboard.panels],
  ];
  it.each(cases)('finds %s', (_, message, change) => {
    expect(broken(change)).toContain(message);
  });
});

it('puts panels beside each other and below the tallest of a line', () => {
  expect(
    places(
      [
        { width: 12, height: 4 },
        { width: 12, height: 8 },
        { width: 6, height: 3 },
      ],
      5,
    ),
  ).toEqual([
    { x: 0, y: 5, w: 12, h: 4 },
    { x: 12, y: 5, w: 12, h: 8 },
    { x: 0, y: 13, w: 6, h: 3 },
  ]);
});
