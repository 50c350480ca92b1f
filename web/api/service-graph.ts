import { type ServiceGraph, serviceGraph } from '../../model/api/service.ts';
import { request, type Search } from './request.ts';

/** Times in epoch milliseconds. */
export interface ServiceGraphSearch extends Search {
  readonly start: number;
  readonly end: number;
  readonly campaign?: string | undefined;
}

/** GET /api/services/graph: who calls whom. */
export const fetchServiceGraph = (search: ServiceGraphSearch, signal?: AbortSignal): Promise<ServiceGraph> =>
  request('/api/services/graph', serviceGraph, { search, signal });
