import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '../protocol/index.ts'

/**
 * What `dist/` holds. This file lies two folders below the package's own in each of its forms: as source, compiled, and as a part of
 * the recorder's bundle.
 */
const bundled = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))

export const CONSOLE_DIR = bundled('console')
export const RECORDER_PAGE_DIR = bundled('recorder-page')
/** The functions, each with all that it imports in one file: finding and reading their modules one by one takes longer than Chrome's launch. */
export const RECORDER_SCRIPT = bundled('functions/recorder.js')
export const CLIPPER_SCRIPT = bundled('functions/clipper.js')

/** Every take and every clip would fail without it: better that nothing starts. */
export function assertFunction(script: string): void {
  if (existsSync(script)) return
  throw new AppError(
    'config.invalid',
    `There is no function in \`${script}\`; make the bundles with \`npm run build\`.`,
  )
}
