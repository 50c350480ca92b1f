/**
 * The supervisor's control port. It can do harm (to a demo), so: loopback only, a random token in a file that only the
 * user can read, a Host header that names loopback (against DNS rebinding), and no browser page from elsewhere.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import { TidewardenError } from '../../model/errors.ts';
import { CATALOGUE, SCENARIO_NAMES } from '../catalogue.ts';
import {
  CONTROL_FILE_NAME,
  type ControlFile,
  type DemoStatus,
  type DemoTally,
  demoStatus,
  runRequest,
  type ScenarioList,
  ScenarioRefused,
  scenarioName,
} from './control-protocol.ts';
import type { Supervisor } from './supervisor.ts';

const TALLY_LIMIT_MS = 1_500;
const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface ControlOptions {
  readonly supervisor: Supervisor;
  /** 0 takes a free port. */
  readonly port: number;
  readonly otlpEndpoint: string;
  /** The control file is written here. */
  readonly dataDirectory: string;
}

/** Listens and writes the control file; `stop` takes both away. Throws a TidewardenError when the port is taken. */
export async function startControl(options: ControlOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const token = randomBytes(32).toString('base64url');
  const server = await listen(controlApp(options, token), options.port);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const file = join(options.dataDirectory, CONTROL_FILE_NAME);
  const content: ControlFile = { url, token, pid: process.pid };
  await mkdir(options.dataDirectory, { recursive: true });
  // Written beside and renamed, so that nobody reads half a file; the mode is set before anything is in it.
  await writeFile(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return {
    url,
    stop: async () => {
      await rm(file, { force: true });
      server.close();
      server.closeAllConnections();
    },
  };
}

function controlApp(options: ControlOptions, token: string): express.Express {
  const { supervisor } = options;
  const app = express();
  app.disable('x-powered-by');
  app.use(refuseForeigners(token));
  app.use(express.json({ limit: '4kb' }));
  app.get('/scenarios', (_request, response) => {
    response.json(listScenarios());
  });
  app.get('/status', async (_request, response) => {
    response.json(await statusOf(options));
  });
  app.post('/scenarios/:name/run', async (request, response) => {
    const { forSeconds } = runRequest.parse(request.body ?? {});
    const name = scenarioName.parse(request.params.name);
    supervisor.run(name, forSeconds === null ? null : forSeconds * 1_000);
    response.json(await statusOf(options));
  });
  app.post('/scenarios/:name/end', async (request, response) => {
    supervisor.end(scenarioName.parse(request.params.name));
    response.json(await statusOf(options));
  });
  app.use((_request: Request, response: Response) =>
    refuse(response, 404, 'not_found', 'There is nothing here'),
  );
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (error instanceof ScenarioRefused) refuse(response, 409, error.code, error.message);
    else if (error instanceof z.ZodError) refuse(response, 400, 'bad_request', z.prettifyError(error));
    else refuse(response, 500, 'internal', error instanceof Error ? error.message : String(error));
  });
  return app;
}

/** Lets through only who knows the token, on a loopback name, and not from another site's page. */
function refuseForeigners(token: string) {
  const wanted = Buffer.from(`Bearer ${token}`);
  return (request: Request, response: Response, next: NextFunction) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (!LOOPBACK_HOSTS.has(host))
      return refuse(response, 421, 'wrong_host', 'Use the address in the control file');
    if (request.headers.origin !== undefined)
      return refuse(response, 403, 'from_a_browser', 'Pages may not use the control port; use the product');
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      return refuse(response, 401, 'wrong_token', `Send the token from ${CONTROL_FILE_NAME}`);
    return next();
  };
}

function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}

/** The catalogue as clients see it. */
function listScenarios(): ScenarioList {
  return SCENARIO_NAMES.map((name) => {
    const { title, kind, teaches, ...rest } = CATALOGUE[name];
    return {
      name,
      title,
      kind,
      teaches,
      runnable: rest.runnable,
      reason: rest.runnable ? null : rest.reason,
    };
  });
}

async function statusOf({ supervisor, otlpEndpoint }: ControlOptions): Promise<DemoStatus> {
  return {
    campaignId: supervisor.campaign.id,
    otlpEndpoint,
    running: supervisor.running,
    processes: supervisor.processes,
    tally: await tallyOf(supervisor),
  };
}

/** The order service's own figures; null while it does not answer. */
export async function tallyOf(supervisor: Supervisor): Promise<DemoTally | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${supervisor.ports.order}/tally`, {
      signal: AbortSignal.timeout(TALLY_LIMIT_MS),
    });
    return demoStatus.shape.tally.parse(await response.json());
  } catch {
    return null;
  }
}

function listen(app: express.Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1', (error?: Error) => {
      if (error === undefined) return resolve(server);
      const why =
        'code' in error && error.code === 'EADDRINUSE'
          ? 'it is taken, perhaps by another demo that still runs'
          : error.message;
      reject(new TidewardenError('demo_control', `The demo cannot listen on 127.0.0.1:${port}: ${why}`));
    });
  });
}
