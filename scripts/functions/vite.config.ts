import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** Functions are processes of their own: the name of each is that of its entry in src/bin and of its file in dist/functions. */
const FUNCTIONS = ['recorder', 'clipper']
const entryOf = (name: string) => fileURLToPath(new URL(`../../src/bin/${name}.ts`, import.meta.url))

/**
 * A function is started for each take and each clip, and its time to start is mostly that of finding and reading hundreds of modules: each
 * is one file with what it imports, but for what it loads later, if at all.
 */
export default defineConfig({
  // It looks for files beside its own.
  ssr: { noExternal: true, external: ['fluent-ffmpeg'] },
  build: {
    ssr: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(FUNCTIONS.map((name) => [name, entryOf(name)])),
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
})
