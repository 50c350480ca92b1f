import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Campaign } from '../campaigns/manifest.ts';
import { frameDashboard } from './frame.ts';
import { dispatchRow } from './rows/dispatch.ts';
import { funnelRow } from './rows/funnel.ts';
import { headerRow } from './rows/header.ts';
import { priceRow } from './rows/price.ts';
import type { RowInput } from './rows/row-input.ts';
import { supportRow } from './rows/support.ts';
import { venueRow } from './rows/venue.ts';
import { type DashboardLocale, sayIn, sayTitle } from './say.ts';

export interface DashboardOptions {
  readonly locale?: DashboardLocale;
  /** Address of the product, without a slash at the end; empty for links within its own pages. */
  readonly publicUrl?: string;
}

/** The view of one campaign, as Grafana reads it and our own web draws it: the same JSON for both. */
export function campaignDashboard(campaign: Campaign, options: DashboardOptions = {}): Dashboard {
  const say = sayIn(options.locale ?? 'en');
  const input: RowInput = { campaign, say, runbooksUrl: `${options.publicUrl ?? ''}/runbooks` };
  const rows = [headerRow(input), priceRow(input), funnelRow(input)];
  if (campaign.venues.length > 0) rows.push(venueRow(input));
  rows.push(dispatchRow(input), supportRow(input));
  return frameDashboard({
    uid: campaign.dashboardUid,
    title: sayTitle(say, campaign.title),
    description: sayTitle(say, campaign.description),
    tags: ['campaign', campaign.id],
    timezone: campaign.timezone,
    last: '1h',
    campaign: campaign.id,
    rows,
    say,
  });
}
