/** Decides on a bearer token; undefined where the client sent none. */
export type Authenticate = (token: string | undefined) => boolean;

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(header ?? '')?.[1];
}
