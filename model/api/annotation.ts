import { z } from 'zod';

/** Beyond these no date exists, and a page that shows one would fail. */
const moment = z.number().min(-8.64e15).max(8.64e15);
const name = z.string().max(200);

/** An event from outside: a deploy, a load test, a price or range change, weather, a sale's start or stop. */
export const annotationRequest = z.strictObject({
  time: moment.describe('epoch milliseconds'),
  end: moment.optional(),
  kind: z.string().min(1).max(64),
  text: z.string().min(1).max(2_000),
  campaign: name.optional(),
  city: name.optional(),
  venue: name.optional(),
  service: name.optional(),
  link: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
});
export type AnnotationRequest = z.infer<typeof annotationRequest>;

export const annotation = annotationRequest.extend({ id: z.string() });
export type Annotation = z.infer<typeof annotation>;
