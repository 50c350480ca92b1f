/** The support service: sessions with a bot and, for who insists, with people. */
import { randomUUID } from 'node:crypto';
import { context, type Span, trace } from '@opentelemetry/api';
import { z } from 'zod';
import { DEFAULT_PORTS } from '../../demo/settings.ts';
import { type Answer, tracedRoute } from '../http.ts';
import { runService } from '../process.ts';
import { log, tracer } from '../telemetry.ts';
import { Desk, type Session, type SessionOutcome, TIERS } from './desk.ts';
import { supportInstruments } from './instruments.ts';

const SEATS = 6;
const TICK_MS = 500;
const HANDLE_MEDIAN_MS = 40_000;

const openRequest = z.strictObject({ tier: z.enum(TIERS), topic: z.string().max(64) });
const turnRequest = z.strictObject({ intent: z.string().min(1).max(64), wantsHuman: z.boolean() });
const endRequest = z.strictObject({ outcome: z.enum(['bot_resolved', 'abandoned']) });

await runService({
  name: 'support',
  defaultPort: DEFAULT_PORTS.support,
  mount: ({ app, settings, random, now }) => {
    const desk = new Desk<Span>(SEATS);
    const instruments = supportInstruments(settings.campaign, desk);
    const end = (session: Session<Span>, outcome: SessionOutcome, cause?: 'idle') => {
      desk.remove(session);
      const seconds = Math.max(0, now() - session.openedAtMs) / 1_000;
      session.ticket.setAttributes({ outcome, 'support.turns': session.turns });
      session.ticket.end(now());
      instruments.ended(outcome, session.tier);
      if (outcome === 'bot_resolved') instruments.handled(session.tier, 'bot', seconds);
      if (cause !== undefined) instruments.dropped(cause);
    };

    tracedRoute(app, settings.campaign.id, 'post', '/sessions', (request) => {
      const asked = openRequest.parse(request.body);
      const span = tracer().startSpan('support.session', {
        startTime: now(),
        attributes: { 'customer.tier': asked.tier, 'support.topic': asked.topic },
      });
      const session = desk.open(randomUUID(), asked.tier, now(), span);
      span.setAttribute('session.id', session?.id ?? '');
      if (session !== undefined) return { status: 201, body: { sessionId: session.id } };
      span.setAttribute('outcome', 'refused');
      span.end(now());
      instruments.ended('refused', asked.tier);
      return { status: 503, body: { outcome: 'refused' } };
    });

    // Turns and polls are events of the session's span, not spans.
    const withSession = (id: unknown, act: (session: Session<Span>) => Answer): Answer => {
      const session = desk.get(String(id), now());
      return session === undefined ? { status: 410, body: { state: 'ended' } } : act(session);
    };
    const route = (path: string, act: (session: Session<Span>, body: unknown) => Answer) =>
      app.post(path, (request, response) => {
        try {
          const answer = withSession(request.params.id, (session) =>
            context.with(trace.setSpan(context.active(), session.ticket), () => act(session, request.body)),
          );
          response.status(answer.status).json(answer.body ?? null);
        } catch (error) {
          if (!(error instanceof z.ZodError)) throw error;
          response.status(400).json({ error: z.prettifyError(error) });
        }
      });
    route('/sessions/:id/turns', (session, body) => {
      const { intent, wantsHuman } = turnRequest.parse(body);
      const { loop } = desk.turn(session, intent);
      session.ticket.addEvent('turn', {
        'turn.number': session.turns,
        'turn.intent': intent,
        'turn.desk': session.state === 'human' ? 'human' : 'bot',
      });
      if (loop) {
        instruments.loop(session.tier);
        log('warn', 'the bot goes in circles', { 'session.id': session.id, 'turn.intent': intent });
      }
      if (wantsHuman && session.state === 'bot') {
        instruments.humanRequest(session.tier);
        session.ticket.addEvent('human.requested');
        desk.askForHuman(session, now());
      }
      return { status: 200, body: { state: session.state } };
    });
    route('/sessions/:id/poll', (session) => ({ status: 200, body: { state: session.state } }));
    route('/sessions/:id/end', (session, body) => {
      end(session, endRequest.parse(body).outcome);
      return { status: 200, body: { state: 'ended' } };
    });

    const tick = setInterval(() => {
      for (const session of desk.seat(now(), () => random.logNormal(HANDLE_MEDIAN_MS, 0.5))) {
        const sinceMs = (fromMs: number | null) => Math.max(0, now() - (fromMs ?? now())) / 1_000;
        session.ticket.addEvent('human.joined');
        instruments.seated(session.tier, sinceMs(session.askedForHumanAtMs), sinceMs(session.openedAtMs));
      }
      const { handled, idle } = desk.finished(now());
      for (const session of handled) {
        instruments.handled(
          session.tier,
          'human',
          Math.max(0, now() - (session.seatedAtMs ?? now())) / 1_000,
        );
        end(session, 'human_resolved');
      }
      for (const session of idle) end(session, 'abandoned', 'idle');
    }, TICK_MS);
    return { close: () => clearInterval(tick) };
  },
});
