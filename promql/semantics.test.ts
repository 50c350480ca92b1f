import { describe, expect, it } from 'vitest';
import { memoryScriptStore } from './testing/memory-script-store.ts';
import { runScript } from './testing/run-script.ts';

/** Rules of PromQL that are easily got wrong, each as a script that says what Prometheus answers. */
const RULES: Readonly<Record<string, string>> = {
  'an infinite limit wins over NaN': `
load 1m
  x{v="nan"} NaN
  x{v="inf"} Inf
  x{v="low"} -Inf

eval instant at 0 clamp_min(x, NaN)
  {v="nan"} NaN
  {v="inf"} Inf
  {v="low"} NaN

eval instant at 0 clamp_max(x, NaN)
  {v="nan"} NaN
  {v="inf"} NaN
  {v="low"} -Inf

eval instant at 0 max_of(NaN, Inf) + min_of(NaN, 1)
  NaN

eval instant at 0 min_of(NaN, -Inf)
  -Inf
`,
  'the end of a query is what was asked for, not the last step': `
load 10s
  x 0+1x20

eval range from 0 to 70s step 30s x @ end()
  x 7 7 7

eval range from 0 to 70s step 30s vector(end())
  {} 70 70 70

eval range from 0 to 70s step 30s vector(range())
  {} 70 70 70

eval range from 0 to 50s step 1m vector(step())
  {} 60

eval range from 60s to 130s step 30s count_over_time(x[range()])
  {} 7 7 7
`,
  'duplicates on one side do not matter where the other has nothing': `
load 1m
  a{i="1"} 1x10
  a{i="2"} 2x10
  b 5

eval instant at 8m b * on() a

eval instant at 8m b * on() group_left() a

eval instant at 8m a * on() b

eval instant at 8m b * on() fill(1) a
  expect fail regex: found duplicate series for the match group {} on the right hand-side

eval instant at 0 a * on() b
  expect fail msg: multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)
`,
  'a pair of kinds that no operator takes does not count as matched': `
load 1m
  f{l="x", m="1"} 1
  f{l="x", m="2"} 2
  h{l="x"} {{schema:0 count:1 sum:1 buckets:[1]}}

eval instant at 0 f - on(l) h
  expect info

eval instant at 0 f == on(l) h
  expect info
`,
  'a warning of a quantile points at the quantile': `
load 1m
  x 1 2 3

eval instant at 2m quantile_over_time(1e6, x[5m])
  expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 1e+06 (1:20)
  {} Inf
`,
  'histograms that do not go together are told apart from those that reset': `
load 1m
  h {{schema:0 count:3 sum:1 buckets:[3]}} {{schema:0 count:4 sum:1 buckets:[4]}} {{schema:0 count:2 sum:1 buckets:[2]}} {{schema:-53 count:1 sum:1 custom_values:[1] buckets:[1]}}

eval instant at 3m histogram_count(sum_over_time(h[5m]))
  expect warn msg: PromQL warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "h" (1:31)
`,
  'only missing observations are NaN observations': `
load 1m
  both{} {{schema:0 count:4 sum:NaN buckets:[2 2]}}
  none{} {{schema:0 count:5 sum:NaN buckets:[2 2]}}

eval instant at 0 histogram_quantile(0.25, both)
  expect no_info
  {} 0.7071067811865475

eval instant at 0 histogram_quantile(0.2, none)
  expect info msg: PromQL info: input to histogram_quantile has NaN observations, result is skewed higher for metric name "none" (1:25)
  {} 0.7071067811865475

eval instant at 0 histogram_fraction(0.5, 1, both)
  expect no_info
  {} 0.5

eval instant at 0 histogram_fraction(1, 0.5, none)
  expect no_info
  {} 0
`,
  'a custom bucket around zero begins at zero': `
load 1m
  h {{schema:-53 count:4 sum:1 custom_values:[-5 10] buckets:[1 2 1]}}

eval instant at 0 histogram_fraction(0, 5, h)
  {} 0.25

eval instant at 0 histogram_fraction(-1, 0, h)
  {} 0
`,
  'a bucket without end is cut only where it may be taken to begin at zero': `
load 1m
  below {{schema:-53 count:4 sum:8 custom_values:[10] buckets:[4]}}
  all {{schema:-53 count:4 sum:8 buckets:[4]}}

eval instant at 0 below </ 5
  below {{schema:-53 count:2 sum:5 custom_values:[10] buckets:[2]}}

eval instant at 0 below >/ 5
  below {{schema:-53 count:2 sum:15 custom_values:[10] buckets:[2]}}

eval instant at 0 below >/ -1
  below {{schema:-53 custom_values:[10]}}

eval instant at 0 all >/ 1
  all {{schema:-53}}

eval instant at 0 below </ NaN
  below {{schema:-53 custom_values:[10]}}
`,
  'what smoothed carries on has no hint': `
load 1m
  h {{schema:0 count:3 sum:1 buckets:[3]}} {{schema:0 count:4 sum:1 buckets:[4]}}
  g {{schema:0 count:4 sum:8 buckets:[4] counter_reset_hint:gauge}} {{schema:0 count:2 sum:4 buckets:[2] counter_reset_hint:gauge}}

eval instant at 1m h smoothed
  h {{schema:0 count:4 sum:1 buckets:[4] counter_reset_hint:not_reset}}

eval instant at 2m h smoothed
  h {{schema:0 count:4 sum:1 buckets:[4] counter_reset_hint:unknown}}

eval instant at 30s g smoothed
  g {{schema:0 count:3 sum:6 buckets:[3] counter_reset_hint:gauge}}
`,
  'large numbers are told with an exponent': `
eval instant at 0 topk(1e20, vector(1))
  expect fail msg: Scalar value 1e+20 overflows int64

load 1m
  h {{schema:0 count:1000000 sum:1 buckets:[1000000]}}

eval instant at 0 count_values("v", h)
  {v="{count:1e+06, sum:1, (0.5,1]:1e+06}"} 1
`,
  'buckets that fall are fixed, but not those that differ by rounding': `
load 1m
  b{le="1"} 100
  b{le="2"} 99.9999999999
  b{le="+Inf"} 200
  c{le="1"} 210
  c{le="2"} 10
  c{le="+Inf"} 300

eval instant at 0 histogram_quantile(0.5, b)
  expect no_info
  {} 1

eval instant at 0 histogram_quantile(0.5, c)
  expect info msg: PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "c", from buckets 2 to 2, with a max diff of 2e+02, at 1970-01-01T00:00:00Z (1:25)
  {} 0.7142857142857143
`,
};

describe('semantics', () => {
  it.each(Object.entries(RULES))('%s', async (_rule, script) => {
    const outcomes = await runScript(script, memoryScriptStore());
    expect(outcomes.length).toBeGreaterThan(0);
    expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});
