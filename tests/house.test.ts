import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The rooms in the order data flows; a room imports only from itself and from rooms before it. */
const ROOMS = [
  'model',
  'campaigns',
  'promql',
  'traceql',
  'collector',
  'storage',
  'alerts',
  'runbooks',
  'incidents',
  'identity',
  'dashboards',
  'scenarios',
  'app',
] as const;

const ROOT = resolve(import.meta.dirname, '..');

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));
const sources = files.filter((path) => /\.(ts|tsx)$/.test(path) && !path.endsWith('.d.ts'));
const isTest = (path: string) =>
  /\.(test|contract)\.tsx?$|(^|\/)(testing|testdata)\//.test(path) ||
  path.startsWith('tests/') ||
  path.startsWith('bench/');
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const importsOf = (path: string): string[] =>
  [
    ...text(path).matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g,
    ),
  ].map((match) => relative(ROOT, resolve(ROOT, dirname(path), match[1] ?? match[2] ?? '')));

const roomOf = (path: string) => path.split('/')[0] ?? '';

describe('the house', () => {
  it('lets a room import only rooms above it', () => {
    const wrong: string[] = [];
    for (const path of sources.filter((source) => !isTest(source))) {
      const room = roomOf(path);
      for (const target of importsOf(path)) {
        const from = roomOf(target);
        if (from === room) continue;
        const allowed =
          room === 'web'
            ? from === 'model'
            : !ROOMS.includes(room as never) || ROOMS.indexOf(from as never) < ROOMS.indexOf(room as never);
        if (!allowed || from === 'web' || (from === 'app' && room !== 'app' && room !== 'bench'))
          wrong.push(`${path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('takes clock, randomness and environment only at the edge', () => {
    const banned = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b|\bperformance\.now\(/;
    const wrong = sources
      .filter(
        (path) =>
          !isTest(path) &&
          !['app', 'scenarios', 'web'].includes(roomOf(path)) &&
          !/(^|\/)main\.ts$|^[a-z.]+\.config\.ts$/.test(path),
      )
      .flatMap((path) =>
        text(path)
          .split('\n')
          .flatMap((line, index) =>
            banned.test(line) && !/^\s*(\*|\/\/)/.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
          ),
      );
    expect(wrong).toEqual([]);
  });

  it('has no drawer for odds and ends', () => {
    expect(files.filter((path) => /(^|\/)(utils?|helpers?|common|misc|manager)(\.|\/)/.test(path))).toEqual(
      [],
    );
  });

  it('keeps files to one subject', () => {
    const long = sources.filter((path) => !isTest(path) && text(path).split('\n').length > 400);
    expect(long).toEqual([]);
  });

  it('has a README in every room', () => {
    const rooms = new Set(
      sources.map(roomOf).filter((room) => [...ROOMS, 'web', 'bench', 'tests'].includes(room as never)),
    );
    expect([...rooms].filter((room) => !existsSync(join(ROOT, room, 'README.md')))).toEqual([]);
  });

  it('names no path of a machine and no registry', () => {
    const wrong = files
      .filter(
        (path) =>
          /\.(ts|tsx|mjs|md|json|yaml|css|html)$|^\.ci\//.test(path) && path !== 'tests/house.test.ts',
      )
      .filter((path) => /\/work\/|\/root\/|registry\.npmjs|deb\.debian/.test(text(path)));
    expect(wrong).toEqual([]);
  });
});
