/**
 * Which passes are not at their door yet, kept over a restart: one JSON line when one is queued, one when it is
 * delivered. At a start the lines of what is delivered are dropped.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const queued = z.object({
  orderId: z.string(),
  cityCode: z.string(),
  channel: z.string(),
  tier: z.string(),
  queuedAtMs: z.number(),
  carrier: z.record(z.string(), z.string()),
});
export type QueuedPass = z.infer<typeof queued>;
const line = z.union([z.object({ queued }), z.object({ delivered: z.string() })]);

export class DispatchJournal {
  readonly #file: string | null;

  /** Null keeps nothing. */
  constructor(directory: string | null) {
    this.#file = directory === null ? null : join(directory, 'dispatch-journal.jsonl');
    if (directory !== null) mkdirSync(directory, { recursive: true });
  }

  /** Everything queued and not delivered, oldest first; a torn last line is left out. Rewrites the file to just that. */
  open(): QueuedPass[] {
    if (this.#file === null || !existsSync(this.#file)) return [];
    const open = new Map<string, QueuedPass>();
    for (const text of readFileSync(this.#file, 'utf8').split('\n')) {
      const parsed = parseLine(text);
      if (parsed === null) continue;
      if ('queued' in parsed) open.set(parsed.queued.orderId, parsed.queued);
      else open.delete(parsed.delivered);
    }
    const passes = [...open.values()];
    writeFileSync(
      `${this.#file}.new`,
      passes.map((pass) => `${JSON.stringify({ queued: pass })}\n`).join(''),
    );
    renameSync(`${this.#file}.new`, this.#file);
    return passes;
  }

  queued(pass: QueuedPass): void {
    this.#append({ queued: pass });
  }

  delivered(orderId: string): void {
    this.#append({ delivered: orderId });
  }

  #append(what: z.infer<typeof line>): void {
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify(what)}\n`);
  }
}

function parseLine(text: string): z.infer<typeof line> | null {
  if (text === '') return null;
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
