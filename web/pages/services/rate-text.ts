import type { TFunction } from 'i18next';
import type { Format } from '../../i18n/format.ts';

/** A rate in the unit in which it is a number that people read: `12/s`, `3.4/min`, `1/h`. */
export function rateText(perS: number, t: TFunction, format: Format): string {
  if (perS === 0 || perS >= 0.1) return t('serviceMap.perSecond', { rate: format.reading(perS) });
  const perMinute = perS * 60;
  return perMinute >= 0.1
    ? t('serviceMap.perMinute', { rate: format.reading(perMinute) })
    : t('serviceMap.perHour', { rate: format.reading(perS * 3_600) });
}
