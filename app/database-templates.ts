import { resolve } from 'node:path';

/** Where an empty embedded Postgres is kept ready, so that a first start copies it and need not make one (3 s of CPU). */
export const DATABASE_TEMPLATES = resolve(import.meta.dirname, '../node_modules/.cache/tidewarden');
