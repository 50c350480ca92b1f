/** Talks to a running demo: for the command line, and for a product page's button. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewardenError } from '../../model/errors.ts';
import type { ScenarioName } from '../catalogue.ts';
import {
  CONTROL_FILE_NAME,
  type ControlFile,
  controlFile,
  controlProblem,
  type DemoStatus,
  demoStatus,
  ScenarioRefused,
} from './control-protocol.ts';

const LIMIT_MS = 5_000;

/** No demo runs for this data directory, or it does not answer; its code is `demo_not_running`. */
class DemoNotRunning extends TidewardenError {
  override readonly name = 'DemoNotRunning';
}

export interface DemoControl {
  status(): Promise<DemoStatus>;
  /** Switches the faults on. Throws ScenarioRefused when it runs already or cannot be run. */
  run(name: ScenarioName, forSeconds: number | null): Promise<DemoStatus>;
  end(name: ScenarioName): Promise<DemoStatus>;
}

/**
 * A client for the demo that was started with this data directory. Every method throws DemoNotRunning, with the
 * command that starts one, when there is none.
 */
export function demoControl(dataDirectory: string): DemoControl {
  const ask = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<DemoStatus> => {
    const { url, token } = await readControlFile(dataDirectory);
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw notRunning(`The demo at ${url} does not answer`, error);
    });
    const answer: unknown = await response.json();
    if (response.ok) return demoStatus.parse(answer);
    const problem = controlProblem.safeParse(answer).data?.error;
    const message = problem?.message ?? `the demo answered ${response.status}`;
    if (response.status === 409) throw new ScenarioRefused(problem?.code ?? 'refused', message);
    throw new TidewardenError(problem?.code ?? 'demo_control', `The demo at ${url} refused: ${message}`);
  };
  return {
    status: () => ask('GET', '/status'),
    run: (name, forSeconds) => ask('POST', `/scenarios/${name}/run`, { forSeconds }),
    end: (name) => ask('POST', `/scenarios/${name}/end`, {}),
  };
}

async function readControlFile(dataDirectory: string): Promise<ControlFile> {
  const file = join(dataDirectory, CONTROL_FILE_NAME);
  try {
    return controlFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw notRunning(`No demo runs here (there is no ${file})`, error);
  }
}

const notRunning = (what: string, cause: unknown) =>
  new DemoNotRunning(
    'demo_not_running',
    `${what}. Start one in another terminal, and leave it running:\n\n  npm run demo\n`,
    { cause },
  );
