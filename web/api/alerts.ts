import { z } from 'zod';
import { type AlertRule, alertRule } from '../../model/api/alert.ts';
import { request } from './request.ts';

const answer = z.object({ rules: z.array(alertRule) });

/** GET /api/alerts: every rule with its state and why. */
export const fetchAlertRules = async (signal?: AbortSignal): Promise<AlertRule[]> =>
  (await request('/api/alerts', answer, { signal })).rules;
