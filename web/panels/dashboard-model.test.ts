import { describe, expect, it } from 'vitest';
import { parseDashboard } from './dashboard-model.ts';

const panel = (over: object) => ({
  type: 'timeseries',
  title: 'P',
  gridPos: { x: 0, y: 0, w: 12, h: 8 },
  ...over,
});

describe('parseDashboard', () => {
  it('groups panels under the rows above them, in reading order', () => {
    const parsed = parseDashboard({
      title: 'D',
      panels: [
        panel({ title: 'below', gridPos: { x: 0, y: 10, w: 12, h: 8 } }),
        panel({ title: 'right', gridPos: { x: 12, y: 0, w: 12, h: 8 } }),
        panel({ title: 'left' }),
        panel({ type: 'row', title: 'Row', gridPos: { x: 0, y: 9, w: 24, h: 1 } }),
        {
          type: 'row',
          title: 'Closed',
          collapsed: true,
          gridPos: { x: 0, y: 30, w: 24, h: 1 },
          panels: [panel({ title: 'inside' })],
        },
      ],
    });
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(
      parsed.model.sections.map((one) => [one.title, one.collapsed, one.panels.map(({ title }) => title)]),
    ).toEqual([
      [null, false, ['left', 'right']],
      ['Row', false, ['below']],
      ['Closed', true, ['inside']],
    ]);
  });

  it('reads variables of every kind', () => {
    const parsed = parseDashboard({
      panels: [panel({})],
      templating: {
        list: [
          { name: 'datasource', type: 'datasource', query: 'prometheus' },
          {
            name: 'campaign',
            type: 'query',
            label: 'Campaign',
            query: { query: 'label_values(x, campaign_id)' },
            current: { value: 'a' },
          },
          {
            name: 'city',
            type: 'custom',
            options: [{ value: '1' }, { value: ['2'] }],
            current: { value: ['1'] },
            allValue: '.+',
          },
          { name: 'hidden', type: 'constant', hide: 2, current: null },
        ],
      },
    });
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(parsed.model.variables).toEqual([
      {
        name: 'datasource',
        label: 'datasource',
        kind: 'datasource',
        query: 'prometheus',
        options: [],
        current: '',
        allValue: '.*',
        hidden: true,
      },
      {
        name: 'campaign',
        label: 'Campaign',
        kind: 'query',
        query: 'label_values(x, campaign_id)',
        options: [],
        current: 'a',
        allValue: '.*',
        hidden: false,
      },
      {
        name: 'city',
        label: 'city',
        kind: 'custom',
        query: '',
        options: ['1', '2'],
        current: '1',
        allValue: '.+',
        hidden: false,
      },
      {
        name: 'hidden',
        label: 'hidden',
        kind: 'constant',
        query: '',
        options: [],
        current: '',
        allValue: '.*',
        hidden: true,
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['no object', null, 'dashboard'],
    ['a panel without a type', { panels: [{ title: 'x' }] }, 'panels.0.type'],
    ['a grid of words', { panels: [panel({ gridPos: { x: 'a', y: 0, w: 1, h: 1 } })] }, 'panels.0.gridPos.x'],
  ])('says where it is wrong: %s', (_, json, where) => {
    const parsed = parseDashboard(json);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.reason).toContain(where);
  });

  it('reads a dashboard inside an envelope', () => {
    const parsed = parseDashboard({ meta: {}, dashboard: { title: 'D', panels: [panel({})] } });
    expect(parsed.ok && parsed.model.title).toBe('D');
  });

  it('says which schema it wants instead of showing an empty page', () => {
    const second = parseDashboard({ apiVersion: 'dashboard.grafana.app/v2', spec: { elements: {} } });
    expect(second.ok ? '' : second.reason).toContain('v2');
    const empty = parseDashboard({ title: 'D' });
    expect(empty.ok ? '' : empty.reason).toBe('panels: there are none');
  });

  it('accepts what it does not draw', () => {
    expect(
      parseDashboard({ panels: [panel({ type: 'news', options: { feedUrl: 'x' } })], schemaVersion: 99 }).ok,
    ).toBe(true);
  });
});
