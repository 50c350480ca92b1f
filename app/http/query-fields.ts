import { z } from 'zod';

/** A text that narrows a search; empty is the same as absent, as forms send it. */
export const searchWord = z
  .string()
  .max(1_000)
  .transform((text) => (text === '' ? undefined : text))
  .optional();

/** Epoch milliseconds, as far as a date reaches on either side. */
export const moment = z.coerce.number().min(-8.64e15).max(8.64e15).optional();

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out what is undefined, so that «not asked for» has one form. */
export const definedOnly = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Defined<T>;
