import { IconCloud, IconDatabase, IconServer2, IconStack2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ServiceGraph, ServiceNode } from '../../../model/api/service.ts';
import { useFormat } from '../../i18n/format.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import { errorMark, errorShare, ratePerS } from './figures.ts';
import { rateText } from './rate-text.ts';
import { NODE, type Place } from './route.ts';
import classes from './services.module.css';

export const KIND_ICONS = {
  service: IconServer2,
  database: IconDatabase,
  queue: IconStack2,
  peer: IconCloud,
} as const satisfies Record<ServiceNode['kind'], typeof IconServer2>;

export interface MapNodeProps {
  readonly node: ServiceNode;
  readonly graph: ServiceGraph;
  readonly place: Place;
  readonly isFocus: boolean;
  readonly isFaint: boolean;
  readonly onPress: () => void;
}

/** A service, database, queue or peer with its requests a second and the share that failed. */
export function MapNode({ node, graph, place, isFocus, isFaint, onPress }: MapNodeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const mark = errorMark(node);
  const share = errorShare(node);
  const Icon = KIND_ICONS[node.kind];
  return (
    <button
      type="button"
      className={classes.node}
      style={{ left: place.x, top: place.y, width: NODE.width, height: NODE.height }}
      data-kind={node.kind}
      data-mark={mark ?? undefined}
      data-faint={isFaint}
      aria-pressed={isFocus}
      title={node.id}
      onClick={onPress}
    >
      <span className={classes.name}>
        <Icon size={14} stroke={1.8} aria-hidden />
        <span>{node.id}</span>
      </span>
      <span className={classes.figures}>
        {share === null ? (
          t('serviceMap.onlyCalls')
        ) : (
          <>
            {rateText(ratePerS(node, graph), t, format)}
            <span className={classes.share}>
              {mark !== null && <MarkIcon mark={mark} size={12} />}
              {t('serviceMap.failed', { share: format.percent(share) })}
            </span>
          </>
        )}
      </span>
    </button>
  );
}
