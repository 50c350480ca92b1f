import { useTranslation } from 'react-i18next';
import type { ServiceEdge } from '../../../model/api/service.ts';
import { useFormat } from '../../i18n/format.ts';
import { errorMark, errorShare } from './figures.ts';
import type { CallRoute } from './route.ts';
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
          rate: format.reading(edge.ratePerS),
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
export function CallWords({ edge, route, thickness }: Omit<MapCallProps, 'isFaint'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const mark = errorMark(edge);
  const { x, y } = route.label;
  return (
    <text
      x={x}
      y={y + (route.isBack ? thickness / 2 + 12 : -thickness / 2 - 4)}
      className={classes.label}
      data-head={mark ?? 'plain'}
    >
      {t('serviceMap.perSecond', { rate: format.reading(edge.ratePerS) })} · {format.duration(edge.p95Ms)}
      {mark !== null && ` · ${format.percent(errorShare(edge) ?? 0)}`}
    </text>
  );
}
