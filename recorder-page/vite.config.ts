import { defineConfig } from 'vite'

/** The recorder page runs in the Chrome that the recorder launches, and nowhere else. */
export default defineConfig({
  base: './',
  build: { outDir: '../dist/recorder-page', emptyOutDir: true, target: 'esnext', modulePreload: { polyfill: false } },
  worker: { format: 'es' },
})
