import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The gallery alone: `vite web/charts/gallery`. It is for looking at charts while they are made and is never shipped. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  cacheDir: fileURLToPath(new URL('../../../node_modules/.vite-gallery', import.meta.url)),
  build: {
    outDir: fileURLToPath(new URL('../../../dist/gallery', import.meta.url)),
    emptyOutDir: true,
  },
  server: {
    host: '127.0.0.1',
    port: 4391,
    fs: { allow: [fileURLToPath(new URL('../../..', import.meta.url))] },
  },
});
