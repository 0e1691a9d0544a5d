import { AppError } from '../../src/protocol/app-error.ts'

type BoardImage =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly bitmap: ImageBitmap }
  | { readonly state: 'failed' }

export interface BoardImagesOptions {
  /** Called with each image that cannot be shown; the board shows a frame in its place. */
  readonly onError?: (error: AppError) => void
  /** The answer for an image's URL. The default is `fetch` without cookies and referrer. */
  readonly fetchImage?: (url: string, signal: AbortSignal) => Promise<Response>
}

const LOAD_TIMEOUT_MS = 15_000
const MAX_IMAGE_BYTES = 20 * 1024 * 1024
/** Images are shrunk to this edge: no board is shown larger. */
const MAX_EDGE = 2048

/** The images of the current board page, each fetched and decoded once. */
export class BoardImages implements Disposable {
  readonly #images = new Map<string, BoardImage>()
  readonly #arrived = new Set<string>()
  readonly #stop = new AbortController()
  readonly #options: BoardImagesOptions

  constructor(options: BoardImagesOptions = {}) {
    this.#options = options
  }

  /** The image as it is now; the first call for a URL starts its loading. */
  get(url: string): BoardImage {
    const known = this.#images.get(url)
    if (known !== undefined) return known
    const loading = { state: 'loading' } as const
    this.#images.set(url, loading)
    void this.#load(url)
    return loading
  }

  /** The URLs whose image arrived or failed since the last call. */
  takeArrived(): ReadonlySet<string> {
    const arrived = new Set(this.#arrived)
    this.#arrived.clear()
    return arrived
  }

  /** Drops the images of other pages, so that a day of pages does not fill the memory. */
  keepOnly(urls: ReadonlySet<string>): void {
    for (const [url, image] of this.#images) {
      if (urls.has(url)) continue
      if (image.state === 'ready') image.bitmap.close()
      this.#images.delete(url)
    }
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    this.keepOnly(new Set())
  }

  async #load(url: string): Promise<void> {
    const image = await this.#decode(url)
    if (!this.#images.has(url) || this.#stop.signal.aborted) {
      if (image.state === 'ready') image.bitmap.close()
      return
    }
    this.#images.set(url, image)
    this.#arrived.add(url)
  }

  async #decode(url: string): Promise<BoardImage> {
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(LOAD_TIMEOUT_MS)])
      const response = await (this.#options.fetchImage ?? fetchImage)(url, signal)
      if (!response.ok) throw new TypeError(`the server answered ${response.status}`)
      const blob = await response.blob()
      if (blob.size > MAX_IMAGE_BYTES) throw new RangeError(`it has ${blob.size} bytes, more than ${MAX_IMAGE_BYTES}`)
      return { state: 'ready', bitmap: await shrink(await createImageBitmap(blob)) }
    } catch (cause) {
      if (!this.#stop.signal.aborted) this.#options.onError?.(imageError(url, cause))
      return { state: 'failed' }
    }
  }
}

function fetchImage(url: string, signal: AbortSignal): Promise<Response> {
  return fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' })
}

async function shrink(bitmap: ImageBitmap): Promise<ImageBitmap> {
  const factor = MAX_EDGE / Math.max(bitmap.width, bitmap.height)
  if (factor >= 1) return bitmap
  const resizeWidth = Math.max(1, Math.round(bitmap.width * factor))
  const resizeHeight = Math.max(1, Math.round(bitmap.height * factor))
  const smaller = await createImageBitmap(bitmap, { resizeWidth, resizeHeight, resizeQuality: 'medium' })
  bitmap.close()
  return smaller
}

function imageError(url: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const shown = url.startsWith('data:') ? `${url.slice(0, 40)}…` : url
  return new AppError(
    'source.unreachable',
    `The whiteboard image cannot be shown: ${reason}. Check its \`url\`: ${shown}`,
    {
      field: '/element/url',
      cause,
    },
  )
}
