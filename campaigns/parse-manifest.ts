/** YAML text of a manifest → a validated campaign, or every problem in it with its place and what to do. */
import { TidewardenError } from '../model/errors.ts';
import { manifestContradictions } from './contradictions.ts';
import { type Campaign, campaignManifest } from './manifest.ts';
import { type ContentProblem, formatProblem, inOrder, readYaml } from './positioned-yaml.ts';

export type ManifestParse =
  | { readonly ok: true; readonly campaign: Campaign }
  | { readonly ok: false; readonly problems: readonly ContentProblem[] };

/** Thrown by `mustParseCampaign`; lists every problem. */
class ManifestError extends TidewardenError {
  override readonly name = 'ManifestError';
  readonly problems: readonly ContentProblem[];
  constructor(problems: readonly ContentProblem[]) {
    super('campaign_manifest', problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/**
 * Parses one manifest. `file` is only its name, for messages and for the rule that a manifest's file is named after
 * its id. Never throws on bad content.
 */
export function parseCampaign(text: string, file: string): ManifestParse {
  const read = readYaml(text, file, campaignManifest);
  if (!read.ok) return read;
  const contradictions = manifestContradictions(read.value, file);
  if (contradictions.length === 0) return { ok: true, campaign: read.value };
  return {
    ok: false,
    problems: inOrder(contradictions.map(({ path, message }) => read.problemAt(path, message))),
  };
}

/** As `parseCampaign`, but throws a `ManifestError`: for tests and for content that ships with the product. */
export function mustParseCampaign(text: string, file: string): Campaign {
  const result = parseCampaign(text, file);
  if (!result.ok) throw new ManifestError(result.problems);
  return result.campaign;
}
