import type { CompositorKind } from '../../src/protocol/page-link.ts'
import type { Size } from '../drawing/geometry.ts'
import { CanvasCompositor } from './canvas-compositor.ts'
import type { Compositor } from './compositor.ts'
import { loadKernels } from './planar/kernels/load-kernels.ts'
import { PlanarCompositor } from './planar/planar-compositor.ts'

interface OpenOptions {
  readonly size: Size
  readonly kind: CompositorKind
  /** Called with errors that the picture survives. */
  readonly onError: (error: Error) => void
}

/** The planar compositor; the canvas one where that was asked for, or where kernels cannot run. */
export async function openCompositor({ size, kind, onError }: OpenOptions): Promise<Compositor> {
  if (kind === 'canvas') return new CanvasCompositor(size, onError)
  try {
    return new PlanarCompositor({ size, kernels: await loadKernels(), onError })
  } catch (cause) {
    onError(new Error('The kernels of the compositor do not load: the picture is drawn on a canvas', { cause }))
    return new CanvasCompositor(size, onError)
  }
}
