import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const PRODUCT = 'http://127.0.0.1:4320';

/** Which chunk a module of a library goes to: those that change together and are needed together. */
const CHUNKS = [
  { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
  { name: 'mantine', test: /node_modules[\\/](@mantine|@floating-ui|react-remove-scroll)/ },
  { name: 'd3', test: /node_modules[\\/](d3|d3-[a-z]+|internmap|delaunator)[\\/]/ },
  { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/ },
  // no-eval.ts must run before any schema is made, hence in one chunk with them.
  { name: 'schemas', test: /node_modules[\\/]zod[\\/]|[\\/]model[\\/]|[\\/]web[\\/]no-eval\.ts/ },
  { name: 'app', test: /[\\/]web[\\/](api|frame|live|parts|theme)[\\/]|[\\/]web[\\/]i18n[\\/][a-z]+\.ts/ },
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  // Own the cache folder: `web/` has no node_modules of its own.
  cacheDir: fileURLToPath(new URL('../node_modules/.vite', import.meta.url)),
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // A data: URL would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
  server: {
    host: '127.0.0.1',
    port: 4330,
    proxy: { '/api': PRODUCT, '/prometheus': PRODUCT, '/tempo': PRODUCT, '/jaeger': PRODUCT },
  },
});
