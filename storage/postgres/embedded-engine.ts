import { fsyncSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * PGlite as we run it. Measured on two cores, PSS of the process: 50 MB before, 332 MB after a start with its defaults
 * and a collection, 175 MB with these; 4 MB of buffers serve tables this small as well as 128. (110 MB where Node
 * runs with `--liftoff-only`, without V8's optimising compiler for WebAssembly.) The first lines are PGlite's own,
 * less `-F`, which would turn fsync off.
 */
const START_PARAMETERS = [
  ...['--single', '-O', '-j'],
  ...[
    '-c',
    'search_path=public',
    '-c',
    'exit_on_error=false',
    '-c',
    'log_checkpoints=false',
    '-c',
    'io_method=sync',
  ],
  ...[
    '-c',
    'max_worker_processes=0',
    '-c',
    'max_parallel_workers=0',
    '-c',
    'max_parallel_workers_per_gather=0',
  ],
  ...['-c', 'max_parallel_maintenance_workers=0'],
  ...['-c', 'shared_buffers=4MB', '-c', 'wal_buffers=512kB', '-c', 'max_connections=4'],
  ...[
    '-c',
    'maintenance_work_mem=4MB',
    '-c',
    'work_mem=2MB',
    '-c',
    'max_wal_size=64MB',
    '-c',
    'min_wal_size=32MB',
  ],
  // The engine's fdatasync is a stub that does nothing; its fsync reaches `FsyncingFs`.
  ...['-c', 'fsync=on', '-c', 'synchronous_commit=on', '-c', 'wal_sync_method=fsync'],
];

/** The slice of the engine's virtual file system that is touched here. */
interface NodeFileSystem {
  stream_ops: { fsync?: (stream: { nfd?: number }) => number };
}

/**
 * PGlite's file system over the machine's own. Emscripten's NODEFS has no fsync, so a commit would be safe from a
 * killed process but not from a power cut; this gives it one.
 */
class FsyncingFs extends NodeFS {
  private readonly sync: (descriptor: number) => void;
  constructor(directory: string, sync: (descriptor: number) => void) {
    super(directory);
    this.sync = sync;
  }

  override async init(...parameters: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...parameters);
    const preRun = [...(emscriptenOpts.preRun ?? [])];
    preRun.push((module: { NODEFS?: NodeFileSystem }) => {
      if (module.NODEFS === undefined) throw new Error('the engine has no NODEFS to give an fsync to');
      module.NODEFS.stream_ops.fsync = (stream) => {
        if (stream.nfd !== undefined) this.sync(stream.nfd);
        return 0;
      };
    });
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }
}

/** Opens the engine on a directory, recovering it where the last process was killed. A fresh directory is initialised, which takes seconds. `sync` makes what was written to a file durable. */
export async function startEngine(
  directory: string,
  sync: (descriptor: number) => void = fsyncSync,
): Promise<PGlite> {
  const engine = new PGlite({
    fs: new FsyncingFs(directory, sync),
    relaxedDurability: false,
    startParams: START_PARAMETERS,
  });
  await engine.waitReady;
  return engine;
}
