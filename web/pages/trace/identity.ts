import type { Span } from '../../../model/api/trace.ts';

/** What tells spans of a trace apart: a client and a server may share an id. */
export const identityOf = ({ spanId, kind }: Pick<Span, 'spanId' | 'kind'>): string => `${spanId} ${kind}`;
