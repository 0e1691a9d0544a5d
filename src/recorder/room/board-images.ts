import type { OutboundPolicy } from '../../outbound/index.ts'
import { AppError, type BoardElement, isKnownSignal, type Signal, toAppError } from '../../protocol/index.ts'
import { InTurn, within } from '../../timing/index.ts'

interface BoardImagesOptions {
  readonly policy: OutboundPolicy
  /** Called with the signals in the order of the calls; at once where no image has to be checked. */
  readonly deliver: (signals: readonly Signal[]) => void
  /** Called once for each refused URL. */
  readonly onRefused: (error: AppError) => void
}

/** A host name that takes longer counts as one that does not resolve: the signals behind it must not wait for a dead DNS. */
const VERDICT_MS = 2_000
/** More verdicts than any class has images; the oldest are forgotten. */
const MAX_VERDICTS = 1_000
const PROTOCOLS = ['https:', 'http:']

/**
 * Passes signals on without the whiteboard images that the page must not fetch: it would do so from inside the operator's
 * network, and anyone in the room may name a URL. An element with a refused URL is left out of a snapshot; where it is
 * put, its deletion of the same version takes the place, so that what it was to replace goes too.
 */
export function checkBoardImages({
  policy,
  deliver,
  onRefused,
}: BoardImagesOptions): (signals: readonly Signal[]) => void {
  const verdicts = new Map<string, Promise<boolean>>()
  const turns = new InTurn()
  let waiting = 0

  async function judge(url: string): Promise<boolean> {
    try {
      await within(VERDICT_MS, policy.check(url, { protocols: PROTOCOLS, field: '/element/url' }), () => {
        throw unresolvable()
      })
      return true
    } catch (thrown) {
      const { code, message } = toAppError(thrown)
      onRefused(new AppError(code, `A whiteboard image is left out. ${message}`, { cause: thrown }))
      return false
    }
  }

  function isAllowed(url: string): Promise<boolean> {
    const verdict = verdicts.get(url) ?? judge(url)
    verdicts.set(url, verdict)
    const [oldest] = verdicts.keys()
    if (verdicts.size > MAX_VERDICTS && oldest !== undefined) verdicts.delete(oldest)
    return verdict
  }

  return (signals) => {
    const urls = [...new Set(signals.flatMap(elementsOf).flatMap((element) => remoteUrl(element) ?? []))]
    if (waiting === 0 && urls.length === 0) return deliver(signals)
    const refused = Promise.all(urls.map(async (url) => ((await isAllowed(url)) ? [] : [url])))
    waiting += 1
    void turns.run(async () => {
      const refusedUrls = new Set((await refused).flat())
      waiting -= 1
      deliver(refusedUrls.size === 0 ? signals : signals.map((signal) => withoutImages(signal, refusedUrls)))
    })
  }
}

function elementsOf(signal: Signal): readonly BoardElement[] {
  if (!isKnownSignal(signal)) return []
  if (signal.type === 'board.snapshot') return signal.pages.flatMap(({ elements }) => elements)
  return signal.type === 'board.op' && signal.op.action === 'put' ? [signal.op.element] : []
}

/** The URL of an image that is not in the signal itself. */
function remoteUrl(element: BoardElement): string | undefined {
  return element.kind === 'image' && !/^data:image\//i.test(element.url) ? element.url : undefined
}

function withoutImages(signal: Signal, urls: ReadonlySet<string>): Signal {
  if (!isKnownSignal(signal)) return signal
  const isRefused = (element: BoardElement): boolean => urls.has(remoteUrl(element) ?? '')
  if (signal.type === 'board.snapshot') {
    const pages = signal.pages.map((page) => ({ ...page, elements: page.elements.filter((it) => !isRefused(it)) }))
    return { ...signal, pages }
  }
  if (signal.type !== 'board.op' || signal.op.action !== 'put' || !isRefused(signal.op.element)) return signal
  const { id, version, nonce } = signal.op.element
  return { ...signal, op: { action: 'delete', id, version, nonce } }
}

function unresolvable(): AppError {
  return new AppError('url.unresolvable', `Its host did not resolve within ${VERDICT_MS / 1000} s; check the DNS`)
}
