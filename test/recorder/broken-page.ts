import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REAL_PAGE } from './recorder-run.ts'

export type PageFault = 'frozen' | 'black' | 'silent'

/** From the load of the page to its fault: the first thumbnails are those of a page that works. */
const FAULT_AFTER_MS = 4_000

/** What happens in the worker: canvases of a picture's size stop to be drawn, or stay black. */
const CANVAS_FAULTS = {
  frozen: 'return undefined',
  black: 'this.save(); this.setTransform(1, 0, 0, 1, 0, 0); fill.call(this, 0, 0, 9999, 9999); this.restore()',
}

/** The same to the planes that a picture is made of: they are as they once were, or black. */
const PLANE_FAULTS = {
  frozen: 'if (last?.length === data.length) data.set(last); else last = data.slice()',
  black: 'data.fill(16)',
}

/** The real recorder page with a real fault: its pictures are not painted any more, or its mix is cut off. */
export async function breakPage(fault: PageFault): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'panorec-broken-page-'))
  await cp(REAL_PAGE, path, { recursive: true })
  const html = await readFile(join(path, 'index.html'), 'utf8')
  await writeFile(join(path, 'index.html'), html.replace('<head>', `<head><script>${breakWorker(fault)}</script>`))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** The halves of a block of two times 1,024 samples are mixed beside it. */
const CUT_MIX_OFF = `const { subarray } = Float32Array.prototype
    Float32Array.prototype.subarray = function (...args) {
      const part = subarray.apply(this, args)
      return this.length === 2048 && performance.now() - begun > ${FAULT_AFTER_MS} ? part.slice() : part
    }`

const breakPictures = (
  fault: keyof typeof CANVAS_FAULTS,
): string => `const { fillRect: fill } = OffscreenCanvasRenderingContext2D.prototype
    for (const name of ['drawImage', 'fillRect', 'fill', 'stroke', 'fillText', 'clearRect']) {
      const real = OffscreenCanvasRenderingContext2D.prototype[name]
      OffscreenCanvasRenderingContext2D.prototype[name] = function (...args) {
        if (this.canvas.width < 100 || performance.now() - begun < ${FAULT_AFTER_MS}) return real.apply(this, args)
        this.fillStyle = '#000'
        ${CANVAS_FAULTS[fault]}
      }
    }
    let last
    self.VideoFrame = class extends VideoFrame {
      constructor(data, ...rest) {
        if (ArrayBuffer.isView(data) && performance.now() - begun > ${FAULT_AFTER_MS}) { ${PLANE_FAULTS[fault]} }
        super(data, ...rest)
      }
    }`

/** Static imports: a worker gets no message before they have run, whereas those before an awaited one would be lost. */
function breakWorker(fault: PageFault): string {
  const preamble = `const begun = performance.now()
    ${fault === 'silent' ? CUT_MIX_OFF : breakPictures(fault)}`
  return `const RealWorker = Worker
    const blobUrl = (source) => URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
    window.Worker = class extends RealWorker {
      constructor(url, options) {
        const parts = [blobUrl(${JSON.stringify(preamble)}), new URL(url, location.href).href]
        super(blobUrl(parts.map((part) => 'import ' + JSON.stringify(part)).join(';')), options)
      }
    }`
}
