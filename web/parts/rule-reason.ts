import type { TFunction } from 'i18next';
import type { AlertRule } from '../../model/api/alert.ts';

const COUNTS = /^(\d+) firing, (\d+) pending$/;
const MISSING = /^no series named ([^;]+)$/;

/**
 * Why a rule is in its state, in the reader's language. The product says it in English; its usual sentences are known
 * here, and whatever else it says (a query's error, a doubt) is shown as it came.
 */
export function ruleReason({ reason }: Pick<AlertRule, 'reason'>, t: TFunction): string {
  if (reason === 'the condition holds for no series') return t('alert.reason.noSeries');
  if (reason === 'not evaluated yet') return t('alert.neverEvaluated');
  const counts = COUNTS.exec(reason);
  if (counts !== null) return t('alert.reason.counts', { firing: counts[1], pending: counts[2] });
  const missing = MISSING.exec(reason);
  if (missing !== null) return t('alert.reason.missing', { names: missing[1] });
  return reason;
}
