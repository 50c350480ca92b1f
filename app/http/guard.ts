import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { TidewardenError } from '../../model/errors.ts';

class Forbidden extends TidewardenError {
  override readonly name = 'Forbidden';
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a token is the configured one, in a time that does not depend on where they differ. */
export function tokenCheck(token: string): (candidate: string | undefined) => boolean {
  const wanted = digest(token);
  return (candidate) => candidate !== undefined && timingSafeEqual(digest(candidate), wanted);
}

/** `Bearer TOKEN`, or `Basic` with the token as password so that a browser can ask for it. */
export function tokenOf(header: string | undefined): string | undefined {
  const [scheme, value] = header?.split(' ') ?? [];
  if (value === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer') return value;
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** Asks for the token on every path but the health checks. */
export function requireToken(token: string): RequestHandler {
  const isToken = tokenCheck(token);
  return (request, response, next) => {
    if (
      request.path === '/healthz' ||
      request.path === '/readyz' ||
      isToken(tokenOf(request.headers.authorization))
    ) {
      return next();
    }
    response.setHeader('WWW-Authenticate', 'Basic realm="Tidewarden", charset="UTF-8"');
    response.status(401).json({
      error: {
        code: 'unauthorized',
        message: 'Send the token as «Authorization: Bearer …» or as a Basic password.',
      },
    });
  };
}

/**
 * Keeps other sites in the same browser out: a page that rebinds its name to our address is refused by its `Host`, one
 * that posts to us by its `Origin`, one that makes us work without seeing the answer (an image whose address is a
 * query) by `Sec-Fetch-Site`; links to our pages are welcome. `hosts` are the names under which we may be called; null: any (a token is asked).
 * `publicUrl` is what browsers see where a proxy in between calls us by another name.
 */
export function refuseOtherSites(hosts: ReadonlySet<string> | null, publicUrl?: string): RequestHandler {
  const publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).host;
  return (request, _response, next) => {
    const host = hostName(request.headers.host ?? '');
    if (hosts !== null && !hosts.has(host)) {
      throw new Forbidden(
        'forbidden',
        `This server is not called «${host}». Open it by its own address, or set TIDEWARDEN_PUBLIC_URL to the name you use.`,
      );
    }
    if (isForeignFetch(request)) {
      throw new Forbidden('forbidden', 'A page of another site may link to pages here, and ask for nothing.');
    }
    const origin = request.headers.origin;
    if (origin !== undefined && request.method !== 'GET' && request.method !== 'HEAD') {
      const from = URL.canParse(origin) ? new URL(origin).host : origin;
      if (from !== request.headers.host && from !== publicHost) {
        throw new Forbidden('forbidden', `A page of «${from}» may not change anything here.`);
      }
    }
    next();
  };
}

function isForeignFetch({ headers, path }: Request): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  return (
    headers['sec-fetch-mode'] !== 'navigate' || /^\/(api|prometheus|tempo|jaeger|metrics)(\/|$)/i.test(path)
  );
}

function hostName(host: string): string {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** Headers that keep hostile text in telemetry or Markdown inert even if it got through everything else. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  );
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  next();
};
