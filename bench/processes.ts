import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Linux's own accounting of a process: seconds of CPU, user and system, its waited-for children not included. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of a process in bytes, shared pages divided among those who share them. */
export function pssBytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** The process's children, and theirs, with what each runs. */
export function family(pid: number): { pid: number; runs: string }[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((text) => text !== '');
  const runs =
    readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word.endsWith('.ts'))[0] ?? '';
  return [
    { pid, runs: runs.replace(/^.*\/(?=[^/]+$)/, '') },
    ...children.flatMap((child) => family(Number(child))),
  ];
}
