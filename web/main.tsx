import './no-eval.ts';
import '@mantine/core/styles.css';
import './theme/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiFailure } from './api/failure.ts';
import { WhoProvider } from './frame/who.tsx';
import { startTranslation } from './i18n/index.ts';
import { ClockProvider } from './live/clock.tsx';
import { LiveProvider } from './live/live-provider.tsx';
import { createAppRouter } from './routes.tsx';
import { colorSchemeManager } from './theme/color-scheme.ts';
import { resolveVariables, theme } from './theme/mantine.ts';

/** A refusal is an answer and is not asked again; a product that restarts is back within seconds. */
const retry = (failures: number, error: Error): boolean =>
  error instanceof ApiFailure && error.kind === 'unreachable' && failures < 2;

const client = new QueryClient({
  defaultOptions: {
    queries: { retry, retryDelay: 700, staleTime: 2_000, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});
const router = createAppRouter(client);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
// What the page shows first is asked for while its words come. What fails here is shown when the page asks again.
void router.load().catch(() => {});
await startTranslation(navigator.languages);
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <ClockProvider now={Date.now}>
        <QueryClientProvider client={client}>
          <LiveProvider>
            <WhoProvider>
              <RouterProvider router={router} />
            </WhoProvider>
          </LiveProvider>
        </QueryClientProvider>
      </ClockProvider>
    </MantineProvider>
  </StrictMode>,
);
