import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import { NotFound } from './problem.ts';

/** The built web: hashed files for ever, the page itself never from a cache; any other path is a page of the web. */
export function serveWeb(directory: string): Router {
  const router = express.Router();
  router.use(
    '/assets',
    express.static(join(directory, 'assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      redirect: false,
    }),
    // A file of another build must not be answered with the page.
    (request) => {
      throw new NotFound('file', request.baseUrl + request.path);
    },
  );
  const page = sendPage(join(directory, 'index.html'));
  router.get('/index.html', page);
  router.get('/traces/:id', askForOutline, page);
  router.use(express.static(directory, { index: false, redirect: false, maxAge: '1h' }));
  router.get('/{*path}', page);
  return router;
}

/**
 * The page of a trace shows nothing before its outline is there, and that of a large trace takes as long as its scripts to load and
 * start: the browser is told to ask for it at once. The page's own request takes what came of that.
 */
const askForOutline: RequestHandler = (request, response, next) => {
  const { id } = request.params;
  if (/^[0-9a-f]{32}$/i.test(String(id)))
    response.setHeader('Link', `</api/traces/${id}/outline>; rel=preload; as=fetch; crossorigin`);
  next();
};

const sendPage =
  (page: string): RequestHandler =>
  (_request, response) => {
    if (!existsSync(page)) {
      response
        .status(503)
        .type('text/plain')
        .send(
          'The web is not built. Start Tidewarden with «npm start», which builds it. The API is at /api/openapi.json.\n',
        );
      return;
    }
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(page);
  };
