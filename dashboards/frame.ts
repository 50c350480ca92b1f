import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { layRows } from './layout.ts';
import type { RowSpec } from './panel-spec.ts';
import type { Say } from './say.ts';

export interface FrameInput {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** The IANA zone of the campaign, or `browser`. */
  readonly timezone: string;
  /** Opens on the last part of this length, e.g. `1h`. */
  readonly last: string;
  /** The campaign that `$campaign` stands for; absent: the dashboard is about all of them. */
  readonly campaign?: string;
  readonly rows: readonly RowSpec[];
  readonly say: Say;
}

/** A dashboard with what all of ours share: the data source variable, refresh, one crosshair over all panels. */
export function frameDashboard(input: FrameInput): Dashboard {
  const { say } = input;
  const builder = new DashboardBuilder(input.title)
    .uid(input.uid)
    .description(input.description)
    .tags(['tidewarden', ...input.tags])
    .timezone(input.timezone)
    .time({ from: `now-${input.last}`, to: 'now' })
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new DatasourceVariableBuilder('datasource')
        .type('prometheus')
        .label(say('Data source', '数据源'))
        .hide(VariableHide.DontHide),
    );
  if (input.campaign !== undefined)
    builder.withVariable(
      new QueryVariableBuilder('campaign')
        .label(say('Campaign', '活动'))
        .datasource({ type: 'prometheus', uid: '$datasource' })
        .query({ query: 'label_values(campaign_units_sold_total, campaign_id)', refId: 'campaign' })
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .current({ selected: true, text: input.campaign, value: input.campaign }),
    );
  layRows(builder, input.rows);
  // The SDK leaves marker functions on its queries; what is served and drawn is plain data.
  return JSON.parse(JSON.stringify(builder.build())) as Dashboard;
}
