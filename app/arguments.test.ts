import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

describe('parseArguments', () => {
  it.each<[string, string[], string[], [string, string][]]>([
    ['nothing', [], [], []],
    ['words', ['a', 'b'], ['a', 'b'], []],
    ['a flag and its value', ['--http', ':1'], [], [['http', ':1']]],
    ['a value after an equals sign, with more of them', ['--a=b=c'], [], [['a', 'b=c']]],
    ['an empty value', ['--a='], [], [['a', '']]],
    ['a flag at the end', ['x', '--a'], ['x'], [['a', 'true']]],
    [
      'a flag before a flag',
      ['--a', '--b', 'c'],
      [],
      [
        ['a', 'true'],
        ['b', 'c'],
      ],
    ],
    ['a negative number as a value', ['--at', '-5'], [], [['at', '-5']]],
    ['everything behind --', ['--a', 'b', '--', '--c', 'd'], ['--c', 'd'], [['a', 'b']]],
    [
      'a flag that is given twice',
      ['--a=1', '--a=2'],
      [],
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['names of prototypes', ['--__proto__', 'x'], [], [['__proto__', 'x']]],
  ])('takes %s apart', (_, args, words, flags) => {
    expect(parseArguments(args)).toEqual({ words, flags });
  });
});
