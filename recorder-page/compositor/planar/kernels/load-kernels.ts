import { Kernels } from './kernels.ts'
import wasmUrl from './kernels.wasm?url&no-inline'

/** Rejects where they cannot be fetched, or where the browser cannot run them. */
export async function loadKernels(): Promise<Kernels> {
  const response = await fetch(wasmUrl)
  if (!response.ok) throw new TypeError(`The kernels of the compositor are not there: ${response.status}`)
  return await Kernels.instantiate(await response.arrayBuffer())
}
