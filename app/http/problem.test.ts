import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import express from 'express';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { IncidentRefusal, type RefusalCode } from '../../incidents/commands.ts';
import { problem } from '../../model/api/problem.ts';
import { TidewardenError } from '../../model/errors.ts';
import { QueryTimeoutError } from '../../promql/errors.ts';
import { StoreUnavailableError, TooMuchError } from '../../promql/queryable.ts';
import { StoreError, type StoreFailure } from '../../storage/clickhouse/errors.ts';
import { DatabaseError } from '../../storage/postgres/database-error.ts';
import { TraceqlParseError, TraceqlUnsupportedError, TraceqlValidationError } from '../../traceql/errors.ts';
import { BadRequest, NotFound, problemHandler } from './problem.ts';
import { ask, close, open } from './testing/http-client.ts';

/** Every code of the rooms that requests reach. A new one does not compile until it has a status here. */
const REFUSALS = {
  incident_not_found: 404,
  incident_resolved: 409,
  incident_not_resolved: 409,
  incident_already_acknowledged: 409,
  severity_unchanged: 409,
  role_unchanged: 409,
  step_already_done: 409,
  step_not_done: 409,
} satisfies Record<RefusalCode, number>;
const STORE_FAILURES = {
  unavailable: 503,
  memory: 503,
  too_much: 422,
  aborted: 499,
  rejected: 500,
} satisfies Record<StoreFailure, number>;

/** Typed errors that no request to our own API can meet, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ManifestError: 'start',
  RuleFileError: 'start',
  DashboardError: 'start',
  EngineStartError: 'start',
  SchemaTooNewError: 'start',
  TranscodeError: 'answered by the OTLP receiver',
  SnappyError: 'answered by the remote write receiver',
  MalformedError: 'answered by the remote write receiver',
  SegmentCorruptError: 'the loader sets the segment aside',
  ParseError: 'a query result, or answered by the Prometheus API',
  EvaluationError: 'a query result',
  QueryCanceledError: 'a query result',
  KeepFilterError: 'reading a policy, which says it in its own terms',
  DemoNotRunning: 'the command line',
  ScenarioRefused: 'the command line',
};
const MET = [
  'QueryTimeoutError',
  'TraceqlError',
  'IncidentRefusal',
  'IncidentLogError',
  'StoreError',
  'StoreUnavailableError',
  'TooMuchError',
  'DatabaseError',
];

describe('problems', () => {
  afterEach(close);
  const log: string[] = [];

  /** What is answered where a handler throws this. */
  const thrown = async (error: unknown) => {
    log.length = 0;
    const app = express();
    app.get('/x', () => {
      throw error;
    });
    const lines = new Writable({
      write: (line, _encoding, done) => {
        log.push(String(line));
        done();
      },
    });
    app.use(problemHandler(pino(lines)));
    await open(app);
    const { status, headers, text } = await ask('/x');
    return { status, headers, text, ...problem.parse(JSON.parse(text)) };
  };

  it.each<[TidewardenError, number]>([
    ...Object.entries(REFUSALS).map(
      ([code, status]) =>
        [new IncidentRefusal(code as RefusalCode, 'why'), status] as [TidewardenError, number],
    ),
    ...Object.entries(STORE_FAILURES).map(
      ([failure, status]) =>
        [new StoreError(failure as StoreFailure, 'why'), status] as [TidewardenError, number],
    ),
    [new StoreUnavailableError('why'), 503],
    [new QueryTimeoutError('queue'), 503],
    [new TraceqlValidationError('why', { start: 0, end: 1 }), 400],
    [new TraceqlUnsupportedError('why', { start: 0, end: 1 }), 400],
    [new TooMuchError('series', 5), 422],
    [new DatabaseError('why', true), 503],
    [new DatabaseError('why', false), 500],
    [new BadRequest('why', 'body.x'), 400],
    [new NotFound('thing', 'x'), 404],
    [new TidewardenError('incident_log_damaged', 'why'), 500],
  ])('answers $code with %i', async (error, status) => {
    const answer = await thrown(error);
    expect(answer).toMatchObject({ status, error: { code: error.code } });
    if (status !== 500) expect(answer.error.message).toBe(error.message);
    expect(answer.headers['retry-after'] !== undefined).toBe(status === 503);
    expect(log.length).toBe(status >= 500 ? 1 : 0);
  });

  it('knows every typed error of the other rooms', () => {
    const root = resolve(import.meta.dirname, '../..');
    const found = globSync(
      '{campaigns,promql,traceql,collector,storage,alerts,runbooks,incidents,dashboards,scenarios}/**/*.ts',
      {
        cwd: root,
      },
    ).flatMap((file) =>
      [...readFileSync(resolve(root, file), 'utf8').matchAll(/class (\w+) extends TidewardenError\b/g)].map(
        ([, name]) => name!,
      ),
    );
    expect(new Set(found)).toEqual(new Set([...MET, ...Object.keys(ELSEWHERE)]));
  });

  it('says where the request is wrong', async () => {
    expect((await thrown(new BadRequest('too long', 'body.title'))).error.at).toBe('body.title');
  });

  it('says where a query is wrong', async () => {
    const { error } = await thrown(new TraceqlParseError('{ x', { start: 2, end: 3 }, 'unexpected x'));
    expect(error).toMatchObject({ code: 'bad_data', at: 'query.q', position: { start: 2, end: 3 } });
  });

  it('shows nothing of what is not the client’s: no message, no stack, no path', async () => {
    for (const error of [
      new Error('SELECT secret FROM /srv/data'),
      new TypeError('secret of /srv/data'),
      new StoreError('rejected', 'secret: SELECT * FROM /srv/data'),
      Object.assign(new Error("ENOENT: stat '/srv/data/secret'"), { status: 404, code: 'ENOENT' }),
      'secret /srv/data',
      { status: 400, message: 'secret /srv/data' },
    ]) {
      const { text } = await thrown(error);
      expect(text).not.toMatch(/secret|\/srv|problem\.test|\bat \w+ \(/);
    }
  });

  it('logs a request that failed on one line, whatever is in its path', async () => {
    await thrown(new Error('broken\n{"level":50,"msg":"forged"}'));
    expect(log).toHaveLength(1);
    expect(log[0]!.trim().split('\n')).toHaveLength(1);
  });
});
