import { type ServiceOperations, serviceOperations } from '../../model/api/service.ts';
import { request } from './request.ts';
import type { ServiceGraphSearch } from './service-graph.ts';

/** GET /api/services/:service/operations: what each operation did, from the span metrics. */
export const fetchServiceOperations = (
  service: string,
  search: ServiceGraphSearch,
  signal?: AbortSignal,
): Promise<ServiceOperations> =>
  request(`/api/services/${encodeURIComponent(service)}/operations`, serviceOperations, { search, signal });
