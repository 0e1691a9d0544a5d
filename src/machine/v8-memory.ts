import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Lets V8 compile the WebAssembly that is loaded from now on by its baseline compiler alone: the optimizing one takes 600 MB for an
 * embedded Postgres, whose queries it makes no faster. Holds for this process; its children have V8's defaults.
 */
export function limitWasmCompiler(): void {
  for (const flag of ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up', '--liftoff-only']) setFlagsFromString(flag)
}

/**
 * Gives the system back what the start took and nobody needs any more: V8 keeps pages that it emptied, and code that ran once. It
 * holds this process up for some 50 ms.
 */
export async function releaseMemory(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect: typeof gc = runInNewContext('gc')
  await collect?.({ execution: 'async', flavor: 'last-resort', type: 'major' })
}
