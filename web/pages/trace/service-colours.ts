import { seriesStyles } from '../../charts/palette.ts';

/** A colour of the charts' palette a service: the same one on every page where the service is among the same. */
export function serviceColours(services: readonly string[]): ReadonlyMap<string, string> {
  const styles = seriesStyles(
    services.map((service) => ({ name: service, labels: { service }, points: [] })),
  );
  return new Map(services.map((service, index) => [service, styles[index]!.colour]));
}
