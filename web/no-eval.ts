import { z } from 'zod';

/**
 * Zod compiles its checks with `new Function` where it may. The content security policy forbids that, and even asking
 * is reported as a violation. It must be said before the first schema is made, so `main.tsx` imports this first.
 */
z.config({ jitless: true });
