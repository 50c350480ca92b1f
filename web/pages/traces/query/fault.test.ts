import { expect, it } from 'vitest';
import { ApiFailure } from '../../../api/failure.ts';
import { readTraceqlFault } from './fault.ts';

const refused = (message: string, position?: { start: number; end: number }) =>
  new ApiFailure('refused', 'GET /api/traces', message, { status: 400, position });

it('finds the place of a fault in what was written, not in what was asked', () => {
  const query = '{ status = erro }';
  const said = 'parse error at line 1, col 42: syntax error: unexpected erro';
  expect(readTraceqlFault(refused(said, { start: 41, end: 45 }), query, 30)).toEqual({
    message: 'syntax error: unexpected erro',
    position: { start: 11, end: 15 },
  });
  expect(readTraceqlFault(refused(`invalid TraceQL query: ${said}`), query, 30).position).toEqual({
    start: 11,
    end: 12,
  });
  expect(
    readTraceqlFault(refused('parse error at line 2, col 3: unexpected x'), '{ }\n  x', 30).position?.start,
  ).toBe(6);
  expect(readTraceqlFault(refused('this makes no sense'), query, 0).position).toBeNull();
});
