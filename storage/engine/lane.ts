/** People's queries, writes and loads wait for the engine in lanes of their own, so that none can starve another. */
export type Lane = 'read' | 'write' | 'load';

/** The HTTP header that names a request's lane; without it readonly requests read and all others write. A server ignores it. */
export const LANE_HEADER = 'x-tidewarden-lane';
