import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { EventStream } from './event-stream.ts';
import { BadRequest } from './problem.ts';
import { sendChunks } from './send-chunks.ts';

/** What a handler gets: everything parsed, and a signal that fires when nobody waits for the answer any more. */
export interface RouteInput<Query, Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly abort: AbortSignal;
}

/** One call of our own API as data: the router, the checks and `/api/openapi.json` all come from it. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** As express writes it, `/api/campaigns/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodType | null;
  readonly body: z.ZodType | null;
  /** What it answers with; of a stream, each event. */
  readonly response: z.ZodType;
  readonly media: 'application/json' | 'application/octet-stream' | 'text/event-stream';
  readonly handle: (input: RouteInput<unknown, unknown>) => Promise<unknown | Chunks | EventStream<unknown>>;
}

/** A long answer in pieces: JSON text, or bytes. Its shape is the route's word: it is not looked at again. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const isChunks = (answer: unknown): answer is Chunks =>
  typeof answer === 'object' &&
  answer !== null &&
  (Symbol.iterator in answer || Symbol.asyncIterator in answer);

/** Ties the handler's types to the schemas; at run time it is the identity. */
export function defineRoute<
  Response extends z.ZodType,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(route: {
  method: 'get' | 'post' | 'delete';
  path: string;
  summary: string;
  query?: Query;
  body?: Body;
  response: Response;
  handle: (input: RouteInput<z.output<Query>, z.output<Body>>) => Promise<z.input<Response> | Chunks>;
}): Route {
  return {
    ...route,
    media: 'application/json',
    query: route.query ?? null,
    body: route.body ?? null,
    handle: (input) => route.handle(input as RouteInput<z.output<Query>, z.output<Body>>),
  };
}

/** A call without a query that is answered with bytes. */
export const defineBytesRoute = (route: {
  path: string;
  summary: string;
  handle: (input: RouteInput<undefined, undefined>) => Promise<Chunks>;
}): Route => ({
  ...{ method: 'get', media: 'application/octet-stream', path: route.path, summary: route.summary },
  ...{ query: null, body: null, response: z.unknown().meta({ type: 'string', format: 'binary' }) },
  handle: (input) => route.handle(input as RouteInput<undefined, undefined>),
});

/** A call that is answered with events, which are the route's word as chunks are. */
export const defineEventRoute = <Event extends z.ZodType, Query extends z.ZodType>(route: {
  path: string;
  summary: string;
  query: Query;
  event: Event;
  handle: (input: RouteInput<z.output<Query>, undefined>) => Promise<EventStream<z.input<Event>>>;
}): Route => ({
  ...{ method: 'get', media: 'text/event-stream', path: route.path, summary: route.summary },
  ...{ query: route.query, body: null, response: route.event },
  handle: (input) => route.handle(input as RouteInput<z.output<Query>, undefined>),
});

/** Fires when the client has gone before it was answered. */
export function abortOf(response: Response): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the client went away'));
  });
  return controller.signal;
}

/** An express router that answers these routes. Errors go to the error handler behind it. */
export function mountRoutes(routes: readonly Route[]): Router {
  const router = Router();
  for (const route of routes) {
    router[route.method](route.path, async (request: Request, response: Response) => {
      const params = Object.fromEntries(
        Object.entries(request.params).map(([name, value]) => [name, String(value)]),
      );
      refuseNul(params, 'path');
      const query = route.query === null ? undefined : parse(route.query, request.query, 'query');
      const body = route.body === null ? undefined : parse(route.body, request.body ?? {}, 'body');
      const answer = await route.handle({ params, query, body, abort: abortOf(response) });
      if (answer instanceof EventStream) answer.open(response);
      else if (isChunks(answer)) await sendChunks(response.type(route.media), answer);
      else response.json(route.response.parse(answer));
    });
  }
  return router;
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'query' | 'body',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) {
    refuseNul(result.data, where);
    return result.data;
  }
  const issue = result.error.issues[0]!;
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  throw new BadRequest(issue.message, [where, ...issue.path.map(String), ...keys].join('.'));
}

/** Postgres has no NUL in texts, and nobody's name, word or id has one. @throws BadRequest */
function refuseNul(value: unknown, where: string): void {
  if (typeof value === 'string' && value.includes('\0'))
    throw new BadRequest('a text must not hold the character NUL', where);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) refuseNul(inner, `${where}.${key}`);
}

/** OpenAPI 3.1 of the routes; schemas are written with zod, so they are JSON Schema as they stand. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const parameters = [
      ...[...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...queryParameters(route.query),
    ];
    paths[path] ??= {};
    paths[path][route.method] = {
      summary: route.summary,
      ...(parameters.length > 0 && { parameters }),
      ...(route.body !== null && {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: jsonSchema(route.body, 'input') } },
        },
      }),
      responses: {
        200: {
          description: 'OK',
          content: { [route.media]: { schema: jsonSchema(route.response, 'output') } },
        },
        default: {
          description: 'Refused',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    };
  }
  const problemSchema = {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: { code: { type: 'string' }, message: { type: 'string' }, at: { type: 'string' } },
      },
    },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Tidewarden', version },
    paths,
    components: { schemas: { Problem: problemSchema } },
  };
}

function queryParameters(schema: z.ZodType | null): object[] {
  if (schema === null) return [];
  const object = jsonSchema(schema, 'input') as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(object.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: object.required?.includes(name) ?? false,
    schema: property,
  }));
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<
    string,
    unknown
  >;
  return rest;
};
