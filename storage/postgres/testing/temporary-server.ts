import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A private Postgres server on a unix socket, for tests. */
export interface TemporaryServer {
  readonly url: string;
  stop(): void;
  start(): void;
  remove(): void;
}

/** Where Debian puts the programs of the newest Postgres that is installed, or null. */
export function serverPrograms(): string | null {
  const home = '/usr/lib/postgresql';
  if (!existsSync(home)) return null;
  const versions = readdirSync(home)
    .filter((version) => existsSync(join(home, version, 'bin', 'initdb')))
    .sort((left, right) => Number(right) - Number(left));
  return versions[0] === undefined ? null : join(home, versions[0], 'bin');
}

/** Makes and starts a cluster in a temporary directory; as the user `postgres` where the tests run as root, which initdb refuses. */
export function startTemporaryServer(programs: string): TemporaryServer {
  const directory = mkdtempSync(join(tmpdir(), 'tidewarden-pg-'));
  const asPostgres = userInfo().uid === 0;
  const run = (program: string, ...parameters: string[]) => {
    const command = [join(programs, program), ...parameters];
    const [file = '', ...rest] = asPostgres ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    execFileSync(file, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  };
  if (asPostgres) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(directory, id('-u'), id('-g'));
  }
  const cluster = join(directory, 'cluster');
  run('initdb', '-D', cluster, '-U', 'tidewarden', '-A', 'trust', '-E', 'UTF8', '--no-sync');
  const options = `-c listen_addresses='' -c unix_socket_directories='${directory}' -c shared_buffers=8MB`;
  const start = () =>
    run('pg_ctl', '-D', cluster, '-w', '-s', '-l', join(directory, 'log'), '-o', options, 'start');
  const stop = () => run('pg_ctl', '-D', cluster, '-w', '-s', '-m', 'immediate', 'stop');
  start();
  return {
    url: `postgres://tidewarden@/postgres?host=${encodeURIComponent(directory)}`,
    start,
    stop,
    remove: () => {
      stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
