import { z } from 'zod';
import { type ServiceHealth, serviceHealth } from '../../model/api/now.ts';
import { request } from './request.ts';

const answer = z.object({ services: z.array(serviceHealth) });

/** GET /api/services: who sends telemetry, and since when not. */
export const fetchServices = async (signal?: AbortSignal): Promise<ServiceHealth[]> =>
  (await request('/api/services', answer, { signal })).services;
