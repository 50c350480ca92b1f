import { annotation } from '../../model/api/annotation.ts';
import type { Database } from './connection.ts';
import { databaseWork } from './database-error.ts';
import { and, desc, eq, gte, lte } from './drizzle.ts';
import { annotations } from './schema.ts';
import { storableJson } from './storable-json.ts';
import type { AnnotationStore } from './stores.ts';

const LIMIT = 1_000;

/** Annotations in Postgres. */
export function createAnnotationStore(database: Database): AnnotationStore {
  return {
    create: (id, request) =>
      databaseWork('writing an annotation', async () => {
        const created = annotation.parse(storableJson({ ...request, id }));
        await database.insert(annotations).values({
          id,
          timeMs: created.time,
          // One that ends before it begins is drawn where it begins.
          endMs: Math.max(created.time, created.end ?? created.time),
          campaign: created.campaign ?? null,
          body: created,
        });
        return created;
      }),

    between: ({ fromMs, toMs, campaign, limit = LIMIT }) =>
      databaseWork('reading annotations', async () => {
        const rows = await database
          .select({ body: annotations.body })
          .from(annotations)
          .where(
            and(
              lte(annotations.timeMs, toMs),
              gte(annotations.endMs, fromMs),
              campaign === undefined ? undefined : eq(annotations.campaign, campaign),
            ),
          )
          .orderBy(desc(annotations.timeMs), desc(annotations.id))
          .limit(limit);
        return rows.map((row) => annotation.parse(row.body)).reverse();
      }),
  };
}
