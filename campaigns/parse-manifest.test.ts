import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCampaign } from './parse-manifest.ts';
import { formatProblem } from './positioned-yaml.ts';

const library = new URL('./library/', import.meta.url);
const files = readdirSync(library).filter((file) => file.endsWith('.yaml'));
const oneCent = readFileSync(new URL('one-cent-tickets.yaml', library), 'utf8');

/** Problems of the library's demo campaign after an edit of its text. */
function problemsAfter(from: string | RegExp, to: string): string[] {
  const text = oneCent.replace(from, to);
  expect(text).not.toBe(oneCent);
  const result = parseCampaign(text, 'one-cent-tickets.yaml');
  return result.ok ? [] : result.problems.map(formatProblem);
}

const lineOf = (needle: string) => oneCent.split('\n').findIndex((line) => line.includes(needle)) + 1;

describe('the library', () => {
  test('has campaigns', () => expect(files.length).toBeGreaterThanOrEqual(2));
  test.each(files)('%s is a valid campaign', (file) => {
    const result = parseCampaign(readFileSync(new URL(file, library), 'utf8'), file);
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([]);
  });
});

describe('problems name their place', () => {
  test('an unknown key', () => {
    expect(problemsAfter('owner: Ticketing', 'ownr: x\nowner: Ticketing')).toEqual([
      `one-cent-tickets.yaml:${lineOf('owner: Ticketing')}:1: ownr: is not a known key; correct or remove it`,
    ]);
  });

  test('an unknown key deep inside a flow mapping', () => {
    const [problem] = problemsAfter(/lanesMax: 4/, 'lanesMaxx: 4');
    expect(problem).toMatch(
      new RegExp(
        `^one-cent-tickets.yaml:${lineOf('lanesMax: 4')}:\\d+: venues\\[0\\].gates\\[0\\].lanesMaxx: is not a known key`,
      ),
    );
  });

  test('a missing key', () => {
    expect(problemsAfter(/^owner: .*\n/m, '')[0]).toMatch(/: owner: is missing; add it/);
  });

  test('a wrong type', () => {
    expect(problemsAfter('quotaUnits: 600', 'quotaUnits: many')[0]).toMatch(
      new RegExp(`:${lineOf('quotaUnits')}:17: offers\\[0\\].quotaUnits: `),
    );
  });

  test('a date that is neither an offset nor a date', () => {
    expect(problemsAfter('{ dayOffset: 1, share: 0.7 }', '{ day: 1, share: 0.7 }')[0]).toMatch(
      /validity\.days\[0\]/,
    );
  });

  test('YAML that is none', () => {
    expect(problemsAfter('owner: Ticketing', 'owner: [Ticketing')[0]).toMatch(
      /^one-cent-tickets.yaml:\d+:\d+: is no valid YAML/,
    );
  });

  test('a key written twice', () => {
    expect(problemsAfter('owner: Ticketing', 'owner: x\nowner: Ticketing')[0]).toMatch(
      /is no valid YAML: .*unique/i,
    );
  });

  test('an empty file and a second document', () => {
    expect(parseCampaign('', 'a.yaml')).toMatchObject({ ok: false, problems: [{ line: 1, column: 1 }] });
    expect(problemsAfter(/$/, '\n---\nid: b\n')[0]).toMatch(/second document/);
  });

  test('aliases that multiply are refused', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let i = 0; i < 9; i++)
      bomb.push(`${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`);
    const result = parseCampaign(bomb.join('\n'), 'a.yaml');
    expect(result).toMatchObject({ ok: false, problems: [{ message: expect.stringMatching(/alias/i) }] });
  });
});

describe('contradictions', () => {
  test.each([
    [
      'a floor above the list price',
      'floorCny: 199',
      'floorCny: 300',
      /offers\[0\].floorCny: is above the list price/,
    ],
    [
      'gate shares that are not the whole crowd',
      'crowdShare: 0.6',
      'crowdShare: 0.5',
      /crowd shares add up to 0.9, not to 1/,
    ],
    ['day shares', 'dayOffset: 1, share: 0.7', 'dayOffset: 1, share: 0.8', /days' shares add up to 1.1/],
    [
      'a venue that closes before it opens',
      /close: .18:00./,
      "close: '08:00'",
      /close: is not after the opening/,
    ],
    ['an offer that is none', 'offers: [two-park-ticket]', 'offers: [other]', /names no offer/],
    [
      'another file name',
      'id: one-cent-tickets',
      'id: other',
      /id: is "other" but the file is named "one-cent-tickets"/,
    ],
    ['a repeated gate', 'id: south', 'id: north', /gates\[1\].id: repeats "north"/],
    ['show-up shares out of order', 'high: 0.72', 'high: 0.12', /must rise from low to high/],
    ['dates in a rolling window', 'dayOffset: 1', "date: '2026-02-06'", /must be written with `dayOffset`/],
    [
      'a zone that is none',
      'timezone: Asia/Shanghai',
      'timezone: Asia/Nowhere',
      /timezone: is no IANA time zone/,
    ],
  ])('%s', (_, from, to, wanted) => {
    expect(problemsAfter(from, to).join('\n')).toMatch(wanted);
  });
});
