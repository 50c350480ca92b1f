import { destination, type Logger, pino } from 'pino';

/** JSON lines on stderr; stdout belongs to people. On a terminal only warnings and worse, unless told otherwise. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: { service: 'tidewarden' },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      // Whatever somebody logs in haste, these never come out.
      redact: {
        paths: ['password', 'token', 'authorization', '*.password', '*.token', '*.authorization'],
        censor: '[secret]',
      },
    },
    destination({ fd: 2, sync: true }),
  );
}
