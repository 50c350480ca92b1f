/** Rules' reads, people's reads, writes and loads wait for the engine in lanes of their own, so that none can starve another. */
export const LANES = ['rules', 'read', 'write', 'load'] as const;
export type Lane = (typeof LANES)[number];

export const isLane = (text: string | undefined): text is Lane => LANES.includes(text as Lane);

/** The HTTP header that names a request's lane; without it readonly requests read and all others write. A server ignores it. */
export const LANE_HEADER = 'x-tidewarden-lane';
