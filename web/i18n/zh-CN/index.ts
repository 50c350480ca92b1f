import alert from './alert.json' with { type: 'json' };
import campaign from './campaign.json' with { type: 'json' };
import dashboard from './dashboard.json' with { type: 'json' };
import drill from './drill.json' with { type: 'json' };
import event from './event.json' with { type: 'json' };
import explore from './explore.json' with { type: 'json' };
import failure from './failure.json' with { type: 'json' };
import frame from './frame.json' with { type: 'json' };
import incident from './incident.json' with { type: 'json' };
import keys from './keys.json' with { type: 'json' };
import log from './log.json' with { type: 'json' };
import now from './now.json' with { type: 'json' };
import offer from './offer.json' with { type: 'json' };
import page from './page.json' with { type: 'json' };
import parts from './parts.json' with { type: 'json' };
import range from './range.json' with { type: 'json' };
import review from './review.json' with { type: 'json' };
import runbook from './runbook.json' with { type: 'json' };
import service from './service.json' with { type: 'json' };
import serviceMap from './service-map.json' with { type: 'json' };
import settings from './settings.json' with { type: 'json' };
import trace from './trace.json' with { type: 'json' };
import traces from './traces.json' with { type: 'json' };
import venue from './venue.json' with { type: 'json' };
import waterfall from './waterfall.json' with { type: 'json' };
import who from './who.json' with { type: 'json' };

export const zhCN = {
  alert,
  campaign,
  dashboard,
  drill,
  event,
  explore,
  failure,
  frame,
  incident,
  keys,
  log,
  now,
  offer,
  page,
  parts,
  range,
  review,
  runbook,
  service,
  serviceMap,
  settings,
  trace,
  traces,
  venue,
  waterfall,
  who,
};
