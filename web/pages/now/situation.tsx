import { useTranslation } from 'react-i18next';
import type { NowPage } from '../../../model/api/now.ts';
import { StateMark } from '../../parts/mark.tsx';
import { incidentStateOf, type Mark } from '../../parts/states.ts';

/** The worst of the open incidents' marks; good where none is open. */
function worstIncident(now: NowPage): Mark {
  const open = now.incidents.filter(({ state }) => state !== 'resolved');
  const marks = open.map(({ severity, safety }) => incidentStateOf(severity, safety));
  const order: readonly Mark[] = ['safety', 'page', 'warning', 'information'];
  return order.find((mark) => marks.some((one) => one === mark)) ?? 'good';
}

/** One line: is it bad, how bad, and can what we see be trusted. */
export function Situation({ now }: { readonly now: NowPage }) {
  const { t } = useTranslation();
  const open = now.incidents.filter(({ state }) => state !== 'resolved').length;
  const firing = now.alerts.filter(({ state }) => state === 'firing').length;
  const silent = now.services.filter(({ state }) => state !== 'good').length;
  return (
    <>
      <StateMark mark={worstIncident(now)}>{t('incident.openCount', { count: open })}</StateMark>
      <StateMark mark={firing > 0 ? 'page' : 'good'}>{t('alert.firingCount', { count: firing })}</StateMark>
      <StateMark mark={now.services.length === 0 ? 'unknown' : silent > 0 ? 'warning' : 'good'}>
        {now.services.length === 0
          ? t('service.noTelemetry')
          : silent > 0
            ? t('service.quietCount', { count: silent })
            : t('service.allSend')}
      </StateMark>
      {now.blindRules.length > 0 && (
        <StateMark mark="unknown">{t('now.blindCount', { count: now.blindRules.length })}</StateMark>
      )}
    </>
  );
}
