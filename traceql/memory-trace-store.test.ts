import { MemoryTraceStore } from './memory-trace-store.ts';
import { traceStoreContract } from './trace-store.contract.ts';

traceStoreContract('memory', async () => ({
  open: async (traces) => new MemoryTraceStore(traces),
  close: async () => {},
  startMs: 1_764_000_000_000 - (1_764_000_000_000 % 60_000),
}));
