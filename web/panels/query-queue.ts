/** Lets at most `limit` queries run at once; those that wait and are aborted never start. */
export interface QueryQueue {
  run<T>(task: () => Promise<T>, abort: AbortSignal): Promise<T>;
}

export function createQueryQueue(limit: number): QueryQueue {
  let running = 0;
  const waiting: (() => void)[] = [];
  const next = (): void => {
    if (running < limit) waiting.shift()?.();
  };
  return {
    run: (task, abort) =>
      new Promise((resolve, reject) => {
        const start = (): void => {
          if (abort.aborted) {
            reject(abort.reason);
            next();
            return;
          }
          running++;
          task()
            .then(resolve, reject)
            .finally(() => {
              running--;
              next();
            });
        };
        waiting.push(start);
        next();
      }),
  };
}
