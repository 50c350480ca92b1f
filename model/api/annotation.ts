import { z } from 'zod';

/** An event from outside: a deploy, a load test, a price or range change, weather, a sale's start or stop. */
export const annotationRequest = z.strictObject({
  time: z.number().describe('epoch milliseconds'),
  end: z.number().optional(),
  kind: z.string().min(1).max(64),
  text: z.string().min(1).max(2_000),
  campaign: z.string().optional(),
  city: z.string().optional(),
  venue: z.string().optional(),
  service: z.string().optional(),
  link: z.url({ protocol: /^https?$/ }).optional(),
});
export type AnnotationRequest = z.infer<typeof annotationRequest>;

export const annotation = annotationRequest.extend({ id: z.string() });
export type Annotation = z.infer<typeof annotation>;
