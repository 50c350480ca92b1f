import { Router } from 'express';
import type { LabelMatcher } from '../../../model/labels.ts';
import type { Clock } from '../../../model/units.ts';
import { unescapeName } from '../../../promql/escaped-name.ts';
import { compileMatcher } from '../../../promql/matcher.ts';
import type { MetricMetadata, Queryable, SeriesRequest } from '../../../promql/queryable.ts';
import { ApiError, BadParameter } from './api-error.ts';
import { type Asked, answering, cutAt, getAndPost, listing, oneMore } from './respond.ts';

export interface SeriesRoutesOptions {
  readonly queryable: Pick<Queryable, 'series' | 'labelNames' | 'labelValues' | 'metadata'>;
  readonly clock: Clock;
}

/** `series`, `labels`, `label/<name>/values`, `metadata`. */
export function seriesRoutes({ queryable, clock }: SeriesRoutesOptions): Router {
  const router = Router();
  getAndPost(
    router,
    '/series',
    listing(async (asked) => {
      if (asked.parameters.all('match[]').length === 0)
        throw new ApiError('bad_data', 'no match[] parameter provided');
      const found = await queryable.series(seriesRequest(asked, clock));
      const { items, cut } = cutAt(found, asked.parameters.limit());
      return { items: items.map((labels) => labels.toLabels()), cut };
    }),
  );
  getAndPost(
    router,
    '/labels',
    listing(async (asked) =>
      cutAt(await queryable.labelNames(seriesRequest(asked, clock)), asked.parameters.limit()),
    ),
  );
  router.get(
    '/label/:name/values',
    listing(async (asked) => {
      const name = unescapeName(asked.path('name'));
      const found = await queryable.labelValues(name, seriesRequest(asked, clock));
      return cutAt(found, asked.parameters.limit());
    }),
  );
  router.get(
    '/metadata',
    answering(async ({ parameters, abort }) => {
      const limit = parameters.integer('limit');
      const perMetric = parameters.integer('limit_per_metric');
      // Here, unlike elsewhere, 0 is a limit and what is below is none.
      if (limit === 0) return {};
      const request = {
        metric: parameters.text('metric'),
        limit: limit !== undefined && limit > 0 ? limit : undefined,
      };
      const found = await queryable.metadata({ ...request, abort });
      const cut = (list: readonly MetricMetadata[]) =>
        perMetric !== undefined && perMetric > 0 ? list.slice(0, perMetric) : list;
      return Object.fromEntries([...found].map(([name, list]) => [name, cut(list)]));
    }),
  );
  return router;
}

const seriesRequest = ({ parameters, abort }: Asked, clock: Clock): SeriesRequest => {
  const selectors = parameters.selectors('match[]');
  if (selectors.some(matchesAll))
    throw new BadParameter('match[]', 'match[] must contain at least one non-empty matcher');
  return {
    selectors,
    startMs: parameters.timeMs('start', 0),
    endMs: parameters.timeMs('end', clock.now()),
    limit: oneMore(parameters.limit()),
    abort,
  };
};

const matchesAll = (matchers: readonly LabelMatcher[]): boolean =>
  matchers.every((matcher) => compileMatcher(matcher)(''));
