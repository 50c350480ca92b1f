import { MemoryStore } from './memory-store.ts';
import { queryableContract } from './queryable.contract.ts';

queryableContract('MemoryStore', async () => {
  const store = new MemoryStore();
  return {
    queryable: store,
    load: async (series) => {
      for (const { labels, samples } of series) {
        for (const { timeMs, value, startMs } of samples) store.append(labels, timeMs, value, startMs);
      }
    },
    loadExemplars: async (series) => {
      for (const { labels, exemplars } of series)
        for (const exemplar of exemplars) store.appendExemplar(labels, exemplar);
    },
    close: async () => {},
  };
});
