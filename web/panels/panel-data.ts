import { useEffect, useMemo, useRef, useState } from 'react';
import { nothingYet, type PanelData, PanelLoader } from './panel-loader.ts';
import { type PlanInput, planQueries, type RunPanelQuery } from './panel-query.ts';
import type { QueryQueue } from './query-queue.ts';

export interface PanelDataInput extends PlanInput {
  readonly run: RunPanelQuery;
  readonly queue: QueryQueue;
  /** False while the panel is out of sight: nothing is asked for. */
  readonly visible: boolean;
  /** Changes when the panel should ask again although nothing else has changed. */
  readonly tick: number;
}

/** A panel's data, asked for when it comes into sight and whenever range, variables, width or tick change. */
export function usePanelData(input: PanelDataInput): PanelData {
  const { panel, values, range, run, queue, visible, tick } = input;
  const [data, setData] = useState<PanelData>(nothingYet);
  const loader = useMemo(
    () => new PanelLoader({ run, queue, monotonic: () => performance.now(), publish: setData }),
    [run, queue],
  );
  const plan = planQueries(input);
  const request = { plan, range, subject: JSON.stringify([panel.id, panel.targets, values]) };
  const latest = useRef(request);
  latest.current = request;
  const signature = JSON.stringify([plan, request.subject, tick]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for request and tick by value
  useEffect(() => {
    if (visible) loader.load(latest.current);
  }, [loader, signature, visible]);
  useEffect(() => {
    if (!visible) loader.stop();
  }, [loader, visible]);
  useEffect(() => () => loader.stop(), [loader]);
  return data;
}
