import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import {
  type CompleteStrategy,
  newCompleteStrategy,
  type PrometheusClient,
} from '@prometheus-io/codemirror-promql';
import { EqlRegex, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import { FUNCTION_DOCS } from './function-docs.ts';
import { CAMPAIGN_LABELS, type EditorKnowledge } from './knowledge.ts';
import { signatureOf } from './signatures.ts';

type Matchers = Parameters<PrometheusClient['labelValues']>[2];

/** What is already said in the braces narrows what is offered for another label. */
function selectorOf(metric: string | undefined, matchers: Matchers, without: string): string | undefined {
  const pairs = (matchers ?? [])
    .filter(({ name, value }) => name !== without && value !== '')
    .map(({ name, type, value }) => {
      const operator = type === Neq ? '!=' : type === NeqRegex ? '!~' : type === EqlRegex ? '=~' : '=';
      return `${name}${operator}"${value}"`;
    });
  if (pairs.length === 0) return metric === undefined || metric === '' ? undefined : metric;
  return `${metric ?? ''}{${pairs.join(',')}}`;
}

/** The product as the completion asks it; where it does not answer, nothing is offered. */
function clientOf(knowledge: EditorKnowledge): PrometheusClient {
  const orNothing = async <T>(asked: Promise<readonly T[]>): Promise<T[]> => [
    ...(await asked.catch(() => [])),
  ];
  return {
    metricNames: () => orNothing(knowledge.metricNames()),
    labelNames: async (metric) => {
      const found = await orNothing(knowledge.labelNames(metric || undefined));
      return metric ? found : [...new Set([...CAMPAIGN_LABELS, ...found])];
    },
    labelValues: async (label, metric, matchers) => {
      const found = await orNothing(knowledge.labelValues(label, selectorOf(metric, matchers, label)));
      if (label !== 'campaign_id') return found;
      const campaigns = await knowledge.campaigns().catch(() => new Map<string, string>());
      return [...new Set([...found, ...campaigns.keys()])];
    },
    metricMetadata: async () => {
      const metadata = await knowledge.metadata().catch(() => new Map());
      return Object.fromEntries([...metadata].map(([name, known]) => [name, [...known]]));
    },
    series: async () => [],
    flags: async () => ({}),
  };
}

/** Above this many metrics their metadata is not put beside them. */
const METADATA_MAX = 20_000;

/** Completion of PromQL with our functions, campaigns and their labels, in the reader's language. */
export function campaignCompletion(knowledge: EditorKnowledge): CompleteStrategy {
  const usual = newCompleteStrategy({ remote: clientOf(knowledge), maxMetricsMetadata: METADATA_MAX });
  return {
    async promQL(context: CompletionContext): Promise<CompletionResult | null> {
      const found = await usual.promQL(context);
      if (found === null) return null;
      const campaigns = await knowledge.campaigns().catch(() => new Map<string, string>());
      const options = found.options.flatMap((option) => explain(option, knowledge, campaigns) ?? []);
      return { ...found, options };
    },
  };
}

/** Seldom meant, and their short names would stand before `rate` and `sum`. */
const QUERY_CONSTANTS: ReadonlySet<string> = new Set(['start', 'end', 'range', 'step', 'pi']);

/** An option in the reader's words; null for a function that the product does not have. */
function explain(
  option: Completion,
  knowledge: EditorKnowledge,
  campaigns: ReadonlyMap<string, string>,
): Completion | null {
  const { words, language } = knowledge;
  const docs = FUNCTION_DOCS[option.label]?.[language === 'zh' ? 1 : 0];
  if (option.detail === 'snippet') return { ...option, boost: -20, info: '' };
  if (option.type === 'function') {
    const signature = signatureOf(option.label);
    if (signature === undefined || docs === undefined) return null;
    const boost = QUERY_CONSTANTS.has(option.label) ? -20 : (option.boost ?? 0);
    return { ...option, boost, detail: words.function, info: `${signature}\n${docs}` };
  }
  if (option.detail === 'aggregation' && docs !== undefined)
    return { ...option, detail: words.aggregation, info: `${signatureOf(option.label) ?? ''}\n${docs}` };
  const campaign = option.type === 'text' ? campaigns.get(option.label) : undefined;
  if (campaign !== undefined) return { ...option, detail: campaign, boost: 5 };
  if (option.type === 'constant' && option.detail !== undefined)
    return { ...option, detail: words.metric(option.detail) };
  if (option.type === 'constant' && CAMPAIGN_LABELS.includes(option.label))
    return { ...option, detail: words.campaignLabel, boost: 5 };
  return option;
}
