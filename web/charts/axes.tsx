import type { PlotFrame } from './plot-frame.ts';

/** Grid, value labels with the unit written once above them, and round clock times below. */
export function Axes({ frame, empty = false }: { readonly frame: PlotFrame; readonly empty?: boolean }) {
  const { left, right, bottom, x, y } = frame;
  return (
    <g>
      {frame.valueAxis.ticks.map((tick) => (
        <g key={tick.value} transform={`translate(0,${crisp(y(tick.value))})`}>
          <line x1={left} x2={right} stroke={tick.value === 0 ? 'var(--twc-border)' : 'var(--twc-grid)'} />
          <text x={left - 6} dy="0.32em" textAnchor="end">
            {empty ? '' : tick.label}
          </text>
        </g>
      ))}
      {frame.valueAxis.unitLabel === '' ? null : (
        <text x={4} y={10} className="twc-unit">
          {frame.valueAxis.unitLabel}
        </text>
      )}
      {frame.timeTicks.map((tick) => {
        const at = crisp(x(tick.timeMs));
        return (
          <g key={tick.timeMs}>
            <line x1={at} x2={at} y1={bottom} y2={bottom + 4} stroke="var(--twc-edge)" />
            {tick.major ? (
              <line x1={at} x2={at} y1={frame.top} y2={bottom} stroke="var(--twc-border)" />
            ) : null}
            {at - left >= 14 ? (
              <text
                x={right - at < 14 ? right + 8 : at}
                y={bottom + 16}
                textAnchor={right - at < 14 ? 'end' : 'middle'}
                fontWeight={tick.major ? 600 : 400}
              >
                {tick.label}
              </text>
            ) : null}
          </g>
        );
      })}
    </g>
  );
}

/** Half-pixel positions give lines of one pixel. */
export function crisp(position: number): number {
  return Math.round(position) + 0.5;
}
