import type { Priority } from '../threads/messages.ts';

/** Rules go first, but not for ever: people's queries get one turn after so many. */
const RULES_IN_A_ROW = 4;

/**
 * Who computes next. A query that has had the thread for a while rests here; one query goes on in each turn of the event
 * loop, so that messages and answers of the store are seen between any two.
 */
export class Turns {
  readonly #resting: Readonly<Record<Priority, (() => void)[]>> = { rules: [], people: [] };
  #rulesInARow = 0;
  #scheduled = false;

  /** Resolves when it is the caller's turn again. */
  rest(priority: Priority): Promise<void> {
    return new Promise((resume) => {
      this.#resting[priority].push(resume);
      this.#schedule();
    });
  }

  #schedule(): void {
    const { rules, people } = this.#resting;
    if (this.#scheduled || rules.length + people.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#next()?.();
      this.#schedule();
    });
  }

  #next(): (() => void) | undefined {
    const { rules, people } = this.#resting;
    const peopleFirst = rules.length === 0 || (people.length > 0 && this.#rulesInARow >= RULES_IN_A_ROW);
    this.#rulesInARow = peopleFirst ? 0 : this.#rulesInARow + 1;
    return peopleFirst ? people.shift() : rules.shift();
  }
}
