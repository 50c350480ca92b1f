import { ActionIcon } from '@mantine/core';
import { IconArrowsMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { scaleSqrt } from 'd3';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServiceGraph } from '../../../model/api/service.ts';
import type { Size } from '../../charts/index.ts';
import { errorShare } from './figures.ts';
import { apart } from './labels.ts';
import { callKey, layOut } from './layout.ts';
import { CallWords, MapCall } from './map-call.tsx';
import { MapNode } from './map-node.tsx';
import { HEAD } from './route.ts';
import classes from './services.module.css';
import { useZoom } from './use-zoom.ts';

export interface ServiceMapProps extends Size {
  readonly graph: ServiceGraph;
  readonly focus: string | undefined;
  readonly onFocus: (id: string | undefined) => void;
}

/** Words stand on all calls only while these are so few and so large that they can be read. */
const MOST_LABELS = 24;
const LEGIBLE_SCALE = 0.6;

/** Who calls whom: nodes are buttons, calls are curves, wider with more requests. Both move together. */
export function ServiceMap({ graph, focus, onFocus, width, height }: ServiceMapProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { nodes, edges } = graph;
  const structure = JSON.stringify([
    nodes.map(({ id }) => id).sort(),
    edges.map(({ from, to }) => [from, to]).sort(),
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: by what it depends on, so that new figures move nothing
  const layout = useMemo(
    () =>
      layOut(
        nodes.map(({ id }) => id),
        edges,
      ),
    [structure],
  );
  const { transform, zoomBy, fit } = useZoom(box, layout, { width, height }, layout.places.get(focus ?? ''));
  const thickness = scaleSqrt([0, Math.max(1e-9, ...edges.map((edge) => edge.ratePerS))], [1, 7]);
  const near = useMemo(() => neighboursOf(graph, focus), [graph, focus]);
  const labelsAll = edges.length <= MOST_LABELS && transform.k >= LEGIBLE_SCALE;
  const calls = edges.flatMap((edge) => {
    const route = layout.routes.get(callKey(edge));
    const isNear = focus === undefined || edge.from === focus || edge.to === focus;
    return route === undefined ? [] : [{ edge, route, thickness: thickness(edge.ratePerS), isNear }];
  });
  // What fails lies on top of what does not.
  const drawn = calls.toSorted(
    (a, b) => Number(a.isNear) - Number(b.isNear) || (errorShare(a.edge) ?? 0) - (errorShare(b.edge) ?? 0),
  );
  const labelled = calls.filter(({ isNear }) => isNear && (labelsAll || focus !== undefined));
  const labels = apart(labelled.map(({ route }) => route.label));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      ref={box}
      className={classes.map}
      style={{ width, height }}
      role="group"
      aria-label={t('serviceMap.summary', { nodes: nodes.length, calls: edges.length })}
    >
      <div
        className={classes.plane}
        style={{ transform: `translate(${transform.x}px, ${transform.y}px) scale(${transform.k})` }}
      >
        <svg width={layout.width} height={layout.height} className={classes.calls} aria-hidden="true">
          <Arrowheads />
          {drawn.map(({ isNear, ...call }) => (
            <MapCall key={callKey(call.edge)} {...call} isFaint={!isNear} />
          ))}
        </svg>
        {labelled.map(({ edge }, index) => (
          <CallWords key={callKey(edge)} edge={edge} place={labels[index]!} />
        ))}
        {nodes.map((node) => {
          const place = layout.places.get(node.id);
          return (
            place && (
              <MapNode
                key={node.id}
                node={node}
                graph={graph}
                place={place}
                isFocus={node.id === focus}
                isFaint={near !== null && !near.has(node.id)}
                onPress={() => onFocus(node.id === focus ? undefined : node.id)}
              />
            )
          );
        })}
      </div>
      <div className={classes.zoom}>
        <ActionIcon variant="default" aria-label={t('serviceMap.zoomIn')} onClick={() => zoomBy(1.3)}>
          <IconPlus size={14} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" aria-label={t('serviceMap.zoomOut')} onClick={() => zoomBy(1 / 1.3)}>
          <IconMinus size={14} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" aria-label={t('serviceMap.fit')} onClick={fit}>
          <IconArrowsMaximize size={14} aria-hidden />
        </ActionIcon>
      </div>
    </div>
  );
}

/** The focus and those that it calls or that call it; null without a focus. */
function neighboursOf({ edges }: ServiceGraph, focus: string | undefined): ReadonlySet<string> | null {
  if (focus === undefined) return null;
  const near = new Set([focus]);
  for (const { from, to } of edges) {
    if (from === focus) near.add(to);
    if (to === focus) near.add(from);
  }
  return near;
}

const HEADS = ['faint', 'plain', 'warning', 'page'] as const;

function Arrowheads() {
  return (
    <defs>
      {HEADS.map((head) => (
        <marker
          key={head}
          id={`call-${head}`}
          markerUnits="userSpaceOnUse"
          markerWidth={HEAD.length}
          markerHeight={HEAD.width}
          refX="0"
          refY={HEAD.width / 2}
          orient="auto"
        >
          <path
            d={`M0,0L${HEAD.length},${HEAD.width / 2}L0,${HEAD.width}Z`}
            className={classes.head}
            data-head={head}
          />
        </marker>
      ))}
    </defs>
  );
}
