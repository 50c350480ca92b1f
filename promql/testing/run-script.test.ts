import { describe, expect, it } from 'vitest';
import { memoryScriptStore } from './memory-script-store.ts';
import { runScript } from './run-script.ts';

/** What is wrong with each evaluation of a script; undefined where it passes. */
async function problems(script: string): Promise<(string | undefined)[]> {
  return (await runScript(script, memoryScriptStore())).map(({ problem }) => problem);
}

describe('a script', () => {
  it('gives the start times of a line without a metric to all series that have none of their own, over and over', async () => {
    const script = `
load 1m
  @st -30s -10s
  a 1 2 3
  b@st -5s _ *
  b 1 2 3

eval instant at 2m start_timestamp(a)
  {} 90

eval instant at 1m start_timestamp(a)
  {} 50

eval instant at 1m start_timestamp(b)
  {} 0

eval instant at 2m start_timestamp(b)
  {} 115
`;
    expect(await problems(script)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('may write scalars as Go does', async () => {
    const script = `
eval instant at 0 255
  0xff
eval instant at 0 -Inf
  -Infinity
eval_fail instant at 0 topk(NaN, vector(1))
eval instant at 0 1e3
  1_000
`;
    expect(await problems(script)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('has patterns in RE2 syntax', async () => {
    const script = `
eval instant at 0 quantile(2, vector(1))
  expect warn regex: (?i)QUANTILE .* got 2
  {} +Inf

eval instant at 0 quantile(2, vector(1))
  expect warn regex: ^quantile
  {} +Inf
`;
    const [found, other] = await problems(script);
    expect(found).toBeUndefined();
    expect(other).toMatch(/^wanted the warn/);
  });

  it('says of the first of a row of histograms only that it begins anew', async () => {
    const script = `
load 1m
  h {{schema:0 count:9 sum:1 buckets:[9]}} {{schema:0 count:9 sum:1 buckets:[9] counter_reset_hint:reset}}+{{schema:0 count:1 buckets:[1]}}x2

eval instant at 3m histogram_count(sum(h))
  {} 11

eval instant at 2m h
  h {{schema:0 count:10 sum:1 buckets:[10] counter_reset_hint:not_reset}}
`;
    expect(await problems(script)).toEqual([undefined, undefined]);
  });

  it('makes histograms with custom buckets of the classic buckets that have a value', async () => {
    const script = `
load_with_nhcb 1m
  h_bucket{le="1"} 1 1
  h_bucket{le="2"} 2 _
  h_bucket{le="+Inf"} 4 4
  h_sum 6 6
  only_count 3
  only_sum 5

eval instant at 0 h
  h {{schema:-53 count:4 sum:6 custom_values:[1 2] buckets:[1 1 2]}}

eval instant at 1m h
  h {{schema:-53 count:4 sum:6 custom_values:[1] buckets:[1 3]}}

eval instant at 0 only
  only {{schema:-53 count:3 sum:5 buckets:[3]}}
`;
    expect(await problems(script)).toEqual([undefined, undefined, undefined]);
  });
});
