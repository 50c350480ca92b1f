import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DashboardBuilder,
  type GridPos,
  type Panel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { panelBuilder } from './panel-builder.ts';
import type { RowSpec } from './panel-spec.ts';

const COLUMNS = 24;

/** Places for panels of given sizes, left to right, then on below the tallest of the line; `y` starts at `top`. */
export function places(
  sizes: readonly { readonly width: number; readonly height: number }[],
  top: number,
): readonly GridPos[] {
  let x = 0;
  let y = top;
  let tallest = 0;
  return sizes.map(({ width, height }) => {
    if (x + width > COLUMNS) {
      x = 0;
      y += tallest;
      tallest = 0;
    }
    const place = { x, y, w: width, h: height };
    x += width;
    tallest = Math.max(tallest, height);
    return place;
  });
}

const bottomOf = (placed: readonly GridPos[], top: number): number =>
  placed.reduce((lowest, place) => Math.max(lowest, place.y + place.h), top);

/** Adds rows and their panels to a dashboard, with ids in reading order. */
export function layRows(dashboard: DashboardBuilder, rows: readonly RowSpec[]): void {
  let id = 1;
  let y = 0;
  for (const row of rows) {
    if (row.title !== null) {
      dashboard.withRow(new RowBuilder(row.title).id(id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }));
      id++;
      y++;
    }
    const placed = places(row.panels, y);
    row.panels.forEach((spec, index) => {
      const panel: Builder<Panel> = panelBuilder(spec, id, placed[index]!);
      dashboard.withPanel(panel);
      id++;
    });
    y = bottomOf(placed, y);
  }
}
