import type { ServiceEdge, ServiceGraph, ServiceNode, ServiceOperations } from '../../model/api/service.ts';

/** From, to, kind, requests a second, share of errors, p95 in ms. */
const CALLS = [
  ['app', 'gateway', 'service', 220, 0.004, 260],
  ['gateway', 'order', 'service', 180, 0.006, 190],
  ['gateway', 'support', 'service', 3.1, 0.021, 900],
  ['gateway', 'assistant', 'service', 12.4, 0, 2_300],
  ['order', 'postgres/orders', 'database', 610, 0, 4.2],
  ['order', 'dispatch', 'service', 96, 0.081, 1_240],
  ['order', 'pay.example.com', 'peer', 88, 0.013, 410],
  ['order', 'kafka/order-events', 'queue', 95, 0, 2.6],
  ['kafka/order-events', 'dispatch', 'queue', 95, 0, 38],
  ['kafka/order-events', 'support', 'queue', 95, 0, 21],
  ['dispatch', 'redis/riders', 'database', 1_240, 0, 0.8],
  ['dispatch', 'order', 'service', 18, 0, 22],
  ['assistant', 'model.example.com', 'peer', 12.4, 0.002, 2_150],
] as const;

const kindOf = (id: string): ServiceNode['kind'] =>
  CALLS.find(
    ([, to, kind]) => to === id && kind !== 'service' && !(kind === 'queue' && !to.includes('/')),
  )?.[2] ?? 'service';

/** Who calls whom at the launch: dispatch fails a twelfth of what order asks. */
export function serviceGraphBetween(startMs: number, endMs: number): ServiceGraph {
  const seconds = (endMs - startMs) / 1_000;
  const edges = CALLS.map(([from, to, kind, ratePerS, errors, p95Ms]): ServiceEdge => {
    const requests = Math.round(ratePerS * seconds);
    const quantiles = { p50Ms: p95Ms / 3, p95Ms, p99Ms: p95Ms * 1.6 };
    return { from, to, kind, requests, errors: Math.round(requests * errors), ratePerS, ...quantiles };
  });
  const nodes = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].map((id): ServiceNode => {
    const incoming = edges.filter(({ to }) => to === id);
    const sum = (key: 'requests' | 'errors'): number => incoming.reduce((total, one) => total + one[key], 0);
    const p95Ms = Math.max(0, ...incoming.map((one) => one.p95Ms));
    return {
      id,
      kind: kindOf(id),
      requests: sum('requests'),
      errors: sum('errors'),
      p50Ms: p95Ms / 3,
      p95Ms,
    };
  });
  return { nodes, edges, startMs, endMs, partial: false, reason: null };
}

const OPERATIONS = [
  ['POST /assign', 'server', 96, 0.081, 1_240],
  ['order-events process', 'consumer', 95, 0, 38],
  ['find rider', 'internal', 64.2, 0.012, 610],
] as const;

/** What a service did; some of its operations are not told apart. */
export function operationsOf(service: string, search: URLSearchParams): ServiceOperations {
  const startMs = Number(search.get('start'));
  const endMs = Number(search.get('end'));
  const operations = OPERATIONS.map(([name, kind, ratePerS, errors, p95Ms]) => {
    const requests = (ratePerS * (endMs - startMs)) / 1_000;
    const quantiles = { p50Ms: p95Ms / 3, p95Ms, p99Ms: p95Ms * 1.6 };
    return { name, kind, overflow: false, requests, errors: requests * errors, ratePerS, ...quantiles };
  });
  const others = {
    ...{ name: 'other', kind: 'internal', overflow: true, requests: 0, errors: 0 },
    ratePerS: 0,
  };
  const unknown = { p50Ms: null, p95Ms: null, p99Ms: null };
  return {
    service,
    startMs,
    endMs,
    operations: [...operations, { ...others, ...unknown, kind: 'internal' }],
  };
}
