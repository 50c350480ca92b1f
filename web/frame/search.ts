import { z } from 'zod';

/** Left out where it is not valid: a mistyped link opens with the defaults, not with an error. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

/** What every page's URL may carry. */
export const frameSearch = z.object({
  /** Start of the time range: `now-1h`, or epoch milliseconds. */
  from: optional(z.string().regex(/^(now([-+]\d+[smhdwMy])?|\d{10,14})$/)),
  to: optional(z.string().regex(/^(now([-+]\d+[smhdwMy])?|\d{10,14})$/)),
  /** How often what moves is asked again: `5s`, `1m`, or `off`. */
  refresh: optional(z.string().regex(/^(off|\d+[smh])$/)),
  /** The campaign that all pages narrow themselves to. */
  campaign: optional(z.string().min(1).max(200)),
  /** `launch`: times are told from the campaign's start. */
  times: optional(z.enum(['launch'])),
});
export type FrameSearch = z.infer<typeof frameSearch>;

/** Kept when one goes to another page. */
export const KEPT = ['from', 'to', 'refresh', 'campaign', 'times'] as const satisfies (keyof FrameSearch)[];

/** `?a=1` → `{a: '1'}`; a repeated name gives a list. Values stay text, so that URLs stay readable. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const parsed: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    parsed[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return parsed;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) for (const item of value) parameters.append(name, String(item));
    else parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
