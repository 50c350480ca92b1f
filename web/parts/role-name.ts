import type { TFunction } from 'i18next';
import { ROLES } from '../../model/api/incident.ts';

/** A role of an incident in the reader's words; what is none of ours stays as its author wrote it. */
export function roleName(role: string, t: TFunction): string {
  const known = ROLES.find((one) => one === role);
  return known === undefined ? role : t(`incident.role.${known}`);
}
