import { describe, expect, it } from 'vitest';
import { buildDashboards } from './build.ts';
import { readDashboard, withOwnDashboards } from './own.ts';
import { DashboardError } from './validate.ts';

const file = (json: unknown, path = 'content/dashboards/mine.json') => ({ path, text: JSON.stringify(json) });
const mine = { uid: 'mine', title: 'Mine', panels: [{ type: 'timeseries', title: 'P' }], tags: ['kept'] };

describe('readDashboard', () => {
  it('takes Grafana’s JSON as it is, bare or in an envelope', () => {
    expect(readDashboard(file(mine))).toEqual({ uid: 'mine', title: 'Mine', dashboard: mine });
    expect(readDashboard(file({ meta: {}, dashboard: mine })).dashboard).toEqual(mine);
  });

  it.each<[string, string, string]>([
    ['no JSON', '{"uid":', 'it is not JSON'],
    ['no uid', JSON.stringify({ ...mine, uid: undefined }), 'uid has no uid'],
    ['a uid that Grafana refuses', JSON.stringify({ ...mine, uid: 'a b' }), 'uid use letters'],
    ['no panels', JSON.stringify({ ...mine, panels: undefined }), 'panels has no list'],
    ['a panel without a type', JSON.stringify({ ...mine, panels: [{}] }), 'panels.0.type has no type'],
  ])('says where it is wrong: %s', (_, text, message) => {
    const read = () => readDashboard({ path: 'content/dashboards/x.json', text });
    expect(read).toThrow(DashboardError);
    expect(read).toThrow(/content\/dashboards\/x\.json/);
    expect(read).toThrow(message);
  });
});

describe('withOwnDashboards', () => {
  const built = buildDashboards([]);
  it('adds a team’s own, which win over ours of the same uid', () => {
    const all = withOwnDashboards(built, [
      file(mine),
      file({ ...mine, uid: 'overview', title: 'Our overview' }),
    ]);
    expect(all.map(({ uid, title }) => [uid, title])).toEqual([
      ['overview', 'Our overview'],
      ['mine', 'Mine'],
    ]);
  });
  it('refuses two files with one uid', () => {
    expect(() => withOwnDashboards(built, [file(mine), file(mine, 'content/dashboards/other.json')])).toThrow(
      'other.json',
    );
  });
});
