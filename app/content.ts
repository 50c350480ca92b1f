import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A file of the library or of a team's own content. */
export interface ContentFile {
  /** Name within its folder, e.g. `crowd-surge.zh.md`. */
  readonly name: string;
  /** Where it was read, for messages: `runbooks/library/crowd-surge.md` or the team's path. */
  readonly path: string;
  readonly text: string;
}

export type ContentKind = 'campaigns' | 'alerts' | 'runbooks' | 'dashboards';

const PROJECT = resolve(import.meta.dirname, '..');

/**
 * What ships in `<kind>/library/`, overlaid by `<contentDirectory>/<kind>/`: a file of the same name wins. Sorted by
 * name. `accepts` picks by file name. A missing content folder is an empty one.
 */
export function readContent(
  kind: ContentKind,
  contentDirectory: string,
  accepts: (name: string) => boolean,
): ContentFile[] {
  const files = new Map<string, ContentFile>();
  for (const [folder, shown] of [
    [join(PROJECT, kind, 'library'), `${kind}/library`],
    [resolve(contentDirectory, kind), join(contentDirectory, kind)],
  ] as const) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).filter(accepts)) {
      const file = join(folder, name);
      if (!statSync(file).isFile()) continue;
      files.set(name, { name, path: `${shown}/${name}`, text: readFileSync(file, 'utf8') });
    }
  }
  return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
