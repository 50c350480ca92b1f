import express, { Router } from 'express';
import type { Logger } from 'pino';
import type { Alerting } from '../../../alerts/alerting.ts';
import type { Clock } from '../../../model/units.ts';
import type { AnswerQuery } from '../../../promql/answer-query.ts';
import type { Promql } from '../../../promql/engine.ts';
import type { Queryable } from '../../../promql/queryable.ts';
import { ApiError, errorAnswer } from './api-error.ts';
import { queryRoutes } from './query.ts';
import { ruleRoutes } from './rules.ts';
import { seriesRoutes } from './series.ts';
import { type ProcessStatus, statusRoutes } from './status.ts';
import { targetRoutes } from './targets.ts';

export interface PrometheusApiOptions {
  readonly promql: Promql;
  readonly answerQuery: AnswerQuery;
  readonly queryable: Queryable;
  readonly alerting: Pick<Alerting, 'groups' | 'active'>;
  readonly status: ProcessStatus;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Prometheus's HTTP API, as Grafana, promtool and vmalert call it. Mounted at `/prometheus/api/v1`. */
export function prometheusApi(options: PrometheusApiOptions): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: '1mb' }));
  router.use(
    queryRoutes(options),
    seriesRoutes(options),
    ruleRoutes(options.alerting),
    targetRoutes(options),
    statusRoutes(options),
  );
  router.use((request) => {
    throw new ApiError('not_found', `there is no ${request.path} here`);
  });
  router.use(errorAnswer(options.logger));
  return router;
}
