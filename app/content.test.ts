import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readContent } from './content.ts';

describe('content', () => {
  let own: string;
  beforeAll(() => {
    own = mkdtempSync(join(tmpdir(), 'tidewarden-content-'));
    mkdirSync(join(own, 'campaigns', 'folder.yaml'), { recursive: true });
    writeFileSync(join(own, 'campaigns', 'one-cent-tickets.yaml'), 'ours');
    writeFileSync(join(own, 'campaigns', 'aaa.yaml'), 'first');
    writeFileSync(join(own, 'campaigns', '.aaa.yaml.swp'), 'an editor’s');
  });
  afterAll(() => rmSync(own, { recursive: true, force: true }));
  const yaml = (name: string) => name.endsWith('.yaml');

  it('reads what ships where a team has nothing', () => {
    const names = readContent('campaigns', join(own, 'missing'), yaml).map(({ name }) => name);
    expect(names).toContain('one-cent-tickets.yaml');
  });

  it('lets a team’s file of the same name win, adds the others, sorts by name, and leaves folders alone', () => {
    const files = readContent('campaigns', own, yaml);
    const shipped = readContent('campaigns', join(own, 'missing'), yaml).map(({ name }) => name);
    expect(files.map(({ name }) => name)).toEqual([...shipped, 'aaa.yaml'].sort());
    expect(files.find(({ name }) => name === 'one-cent-tickets.yaml')).toEqual({
      name: 'one-cent-tickets.yaml',
      path: join(own, 'campaigns', 'one-cent-tickets.yaml'),
      text: 'ours',
    });
  });

  it('keeps the kinds apart', () => {
    expect(readContent('runbooks', own, yaml)).toEqual([]);
  });
});
