import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { createRoot } from 'react-dom/client';
import { resolveVariables, theme } from '../../theme/mantine.ts';
import { Gallery } from './gallery.tsx';

const query = new URLSearchParams(location.search);
const locale = query.get('locale') ?? 'en';
const scheme = query.get('theme') === 'dark' ? 'dark' : 'light';
document.documentElement.lang = locale;

/** `?dashboard=name` draws `public/name.json`, a file that `tidewarden dashboards build` writes. */
const file = query.get('dashboard');
const dashboard: unknown = file === null ? undefined : await (await fetch(`/${file}.json`)).json();

createRoot(document.getElementById('root')!).render(
  <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} forceColorScheme={scheme}>
    <Gallery locale={locale} dashboard={dashboard} />
  </MantineProvider>,
);
