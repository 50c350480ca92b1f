import type { GridRequest, GridResult, GroupResult } from '../../../promql/queryable.ts';
import type { SharedAnswers } from './shared-answers.ts';

/** What makes two requests the same but for who asks. */
export const gridKey = ({ matchers, func, startMs, endMs, stepMs, windowMs }: GridRequest): string =>
  JSON.stringify([matchers, func, startMs, endMs, stepMs, windowMs]);

/** The answer to a request, worked out once for all who ask the same. */
export function shared<Request extends GridRequest, Answer extends object>(
  answers: SharedAnswers<Answer>,
  request: Request,
  key: string,
  work: (own: Request) => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const { endMs, abort, onRead } = request;
  // Whoever wants to know how it is worked out has it worked out.
  if (onRead !== undefined) return work(request);
  return answers.of({ key, endMs, abort }, (end) => work({ ...request, abort: end }));
}

export function bytesOfGrids({ series, samples }: GridResult): number {
  let bytes = SERIES_BYTES * (series.length + samples.length);
  for (const { values, present } of series) bytes += values.byteLength + present.byteLength;
  for (const { timestampsMs } of samples) bytes += 3 * timestampsMs.byteLength;
  return bytes;
}

export const bytesOfGroups = ({ groups, members, samples }: GroupResult): number =>
  bytesOfGrids({ series: groups, samples }) + 8 * members.length;

/** What a series takes beside its numbers, about. */
const SERIES_BYTES = 300;
