import { describe, expect, it } from 'vitest';
import { apart, LABEL } from './labels.ts';

describe('the labels of calls', () => {
  it('stay where they are when they are far apart', () => {
    const far = [
      { x: 0, y: 0 },
      { x: LABEL.width, y: 3 },
      { x: 0, y: LABEL.height },
    ];
    expect(apart(far)).toEqual(far);
  });

  it('stand below each other where they would cover each other, in their order', () => {
    const crowd = [
      { x: 10, y: 9 },
      { x: 0, y: 0 },
      { x: 20, y: 4 },
      { x: 500, y: 4 },
    ];
    expect(apart(crowd)).toEqual([
      { x: 10, y: 2 * LABEL.height },
      { x: 0, y: 0 },
      { x: 20, y: LABEL.height },
      { x: 500, y: 4 },
    ]);
  });
});
