import { type ChartText, fillText } from './messages.ts';
import type { PlotFrame } from './plot-frame.ts';
import type { AlertStateBand, ChartAnnotation } from './types.ts';

/** What happened at a time beside the values: annotations within 6 px, alert states that hold then. */
export function notesAt(
  timeMs: number,
  frame: PlotFrame,
  annotations: readonly ChartAnnotation[],
  bands: readonly AlertStateBand[],
  text: ChartText,
): readonly string[] {
  const reach = ((frame.range.toMs - frame.range.fromMs) / Math.max(1, frame.right - frame.left)) * 6;
  const near = annotations
    .filter((note) => timeMs >= note.timeMs - reach && timeMs <= (note.endMs ?? note.timeMs) + reach)
    .map((note) => `⚑ ${note.kind}: ${note.text}`);
  const held = bands
    .filter((band) => timeMs >= band.fromMs && timeMs <= band.toMs && band.state !== 'inactive')
    .map((band) =>
      fillText('{alert}: {state}', { alert: band.label ?? text.alert, state: text.alertStates[band.state] }),
    );
  return [...near, ...held];
}
