import { useTranslation } from 'react-i18next';
import type { ServiceEdge } from '../../../model/api/service.ts';
import { useFormat } from '../../i18n/format.ts';
import { errorMark, errorShare } from './figures.ts';
import { rateText } from './rate-text.ts';
import type { CallRoute, Place } from './route.ts';
import classes from './services.module.css';

export interface MapCallProps {
  readonly edge: ServiceEdge;
  readonly route: CallRoute;
  /** Pixels. */
  readonly thickness: number;
  readonly isFaint: boolean;
}

/** A call as a curve, in the colour of a state only where too many fail. */
export function MapCall({ edge, route, thickness, isFaint }: MapCallProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const head = isFaint ? 'faint' : (errorMark(edge) ?? 'plain');
  return (
    <g>
      <title>
        {t('serviceMap.call', {
          from: edge.from,
          to: edge.to,
          rate: rateText(edge.ratePerS, t, format),
          errors: format.percent(errorShare(edge) ?? 0),
          p50: format.duration(edge.p50Ms),
          p95: format.duration(edge.p95Ms),
        })}
      </title>
      <path d={route.path} className={classes.reach} />
      <path
        d={route.path}
        className={classes.call}
        data-head={head}
        strokeWidth={thickness}
        markerEnd={`url(#call-${head})`}
      />
    </g>
  );
}

/** A call's rate and p95, and the share that fails where it is too large. */
export function CallWords({ edge, place }: { readonly edge: ServiceEdge; readonly place: Place }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mark = errorMark(edge);
  return (
    <span
      className={classes.label}
      style={{ left: place.x, top: place.y }}
      data-head={mark ?? 'plain'}
      aria-hidden
    >
      {rateText(edge.ratePerS, t, format)} · {format.duration(edge.p95Ms)}
      {mark !== null && ` · ${format.percent(errorShare(edge) ?? 0)}`}
    </span>
  );
}
