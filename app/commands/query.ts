import { z } from 'zod';
import { TidewardenError } from '../../model/errors.ts';
import { formatLabels } from '../../model/labels.ts';
import { parseArguments, UsageError } from '../arguments.ts';
import { formatAddress } from '../config/addresses.ts';
import { configure } from './configure.ts';

const point = z.tuple([z.number(), z.string()]);
const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: point.optional() })),
      }),
      z.object({
        resultType: z.literal('matrix'),
        result: z.array(
          z.object({ metric: z.record(z.string(), z.string()), values: z.array(point).default([]) }),
        ),
      }),
      z.object({ resultType: z.enum(['scalar', 'string']), result: point }),
    ]),
    warnings: z.array(z.string()).default([]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

class QueryFailed extends TidewardenError {
  override readonly name = 'QueryFailed';
}

/** `tidewarden query PROMQL [--at TIME]`: asks a running Tidewarden, prints a line a series as promtool does. */
export async function run(args: readonly string[]): Promise<number> {
  const { words, flags } = parseArguments(args);
  const at = flags.find(([name]) => name === 'at')?.[1];
  const config = configure(
    flags.filter(([name]) => name !== 'at').flatMap(([name, value]) => [`--${name}`, value]),
  );
  if (words.length !== 1) throw new UsageError("usage: tidewarden query 'PROMQL' [--at TIME]");
  const url = `http://${formatAddress(config.http)}/prometheus/api/v1/query`;
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ query: words[0]!, ...(at !== undefined && { time: at }) }),
    headers: config.auth.token === undefined ? {} : { Authorization: `Bearer ${config.auth.token}` },
  }).catch((error: unknown) => {
    throw new QueryFailed('unreachable', `No Tidewarden answers at ${url}. Start one with «npm start».`, {
      cause: error,
    });
  });
  if (response.status === 401)
    throw new QueryFailed('unauthorized', `${url} asks for its token: set TIDEWARDEN_TOKEN.`);
  const parsed = answer.safeParse(await response.json().catch(() => null));
  if (!parsed.success)
    throw new QueryFailed(
      'strange_answer',
      `${url} answered ${response.status}, and not as Tidewarden does.`,
    );
  const result = parsed.data;
  if (result.status === 'error')
    throw new QueryFailed(result.errorType, `${result.errorType}: ${result.error}`);
  for (const warning of result.warnings) process.stderr.write(`warning: ${warning}\n`);
  for (const line of lines(result.data)) process.stdout.write(`${line}\n`);
  return 0;
}

function lines(data: Extract<z.infer<typeof answer>, { status: 'success' }>['data']): string[] {
  switch (data.resultType) {
    case 'vector':
      return data.result.map(
        (series) =>
          `${formatLabels(series.metric)} => ${series.value?.[1] ?? 'histogram'} @[${series.value?.[0] ?? ''}]`,
      );
    case 'matrix':
      return data.result.flatMap((series) => [
        `${formatLabels(series.metric)} =>`,
        ...series.values.map(([time, value]) => `${value} @[${time}]`),
      ]);
    default:
      return [`${data.resultType}: ${data.result[1]} @[${data.result[0]}]`];
  }
}
