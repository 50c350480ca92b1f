/** Who stands in front of which gate, as staff with a clicker know it, and who is inside. */
import type { DemoCampaign } from '../../demo/campaign.ts';

export const ZONES = ['front', 'middle', 'tail'] as const;
export type Zone = (typeof ZONES)[number];

type DemoGate = DemoCampaign['venue']['gates'][number];

export class GateQueues {
  readonly #gates: ReadonlyMap<string, DemoGate>;
  readonly #frontFactor: number;
  readonly #queues = new Map<string, number>();
  occupancy = 0;

  constructor(venue: DemoCampaign['venue']) {
    this.#gates = new Map(venue.gates.map((gate) => [gate.id, gate]));
    this.#frontFactor = venue.frontFactor;
  }

  get gates(): readonly DemoGate[] {
    return [...this.#gates.values()];
  }

  join(gateId: string, people: number): void {
    this.#queues.set(gateId, this.length(gateId) + people);
  }

  /** One person leaves the queue; admitted or sent away. */
  leave(gateId: string, admitted: boolean): void {
    this.#queues.set(gateId, Math.max(0, this.length(gateId) - 1));
    if (admitted) this.occupancy += 1;
  }

  exit(people: number): number {
    const left = Math.min(people, this.occupancy);
    this.occupancy -= left;
    return left;
  }

  length(gateId: string): number {
    return this.#queues.get(gateId) ?? 0;
  }

  /**
   * The queue split over three equal thirds of its area: the front at `frontFactor` times the mean density, the
   * middle at the mean, the tail with the rest. Persons and persons per square metre.
   */
  zones(gateId: string): Record<Zone, { people: number; density: number }> {
    const people = this.length(gateId);
    const thirdM2 = (this.#gates.get(gateId)?.queueAreaM2 ?? 1) / 3;
    const front = Math.min(1, this.#frontFactor / 3);
    const middle = Math.min(1 / 3, 1 - front);
    const shares = { front, middle, tail: Math.max(0, 1 - front - middle) };
    const of = (zone: Zone) => ({
      people: people * shares[zone],
      density: (people * shares[zone]) / thirdM2,
    });
    return { front: of('front'), middle: of('middle'), tail: of('tail') };
  }
}
