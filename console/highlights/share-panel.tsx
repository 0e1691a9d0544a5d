import { useEffect, useRef, useState } from 'preact/hooks'
import { DEFAULT_SHARE_SEC, type Highlight, type Share } from '../../src/protocol/index.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { ErrorNote } from '../parts/error-note.tsx'
import { wordsOf } from '../state/api.ts'
import { formatDateTime } from '../state/format.ts'
import { loadShares, revokeShare, shareHighlight } from '../state/highlight-calls.ts'
import { useSession } from '../state/hooks.ts'

const DAY_SEC = 24 * 3600
const LIFETIMES = [
  { sec: 3600, words: '1 hour' },
  { sec: DAY_SEC, words: '1 day' },
  { sec: 7 * DAY_SEC, words: '7 days' },
  { sec: DEFAULT_SHARE_SEC, words: '30 days' },
  { sec: 365 * DAY_SEC, words: '1 year' },
] as const

/** Links that open the clip without a key: makes them, copies them, takes them back. */
export function SharePanel({ highlight }: { readonly highlight: Highlight }) {
  const [session] = useSession()
  const [shares, setShares] = useState<readonly Share[]>()
  const [lifetimeSec, setLifetimeSec] = useState<number>(DEFAULT_SHARE_SEC)
  const [copied, setCopied] = useState<string>()
  const [error, setError] = useState<string>()
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
      setError(undefined)
    } catch (thrown) {
      setError(wordsOf(thrown))
    }
  }
  const section = useRef<HTMLElement>(null)
  const isLoaded = shares !== undefined
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), [isLoaded])
  useEffect(() => void attempt(async () => setShares(await loadShares(session, highlight.id))), [session, highlight.id])
  const make = () =>
    attempt(async () => {
      const share = await shareHighlight(session, highlight.id, lifetimeSec)
      setShares([share, ...(shares ?? [])])
      const isCopied = await navigator.clipboard.writeText(share.url).then(
        () => true,
        () => false,
      )
      setCopied(isCopied ? share.id : undefined)
    })
  const revoke = (share: Share) =>
    attempt(async () => {
      await revokeShare(session, highlight.id, share.id)
      setShares((shares ?? []).filter(({ id }) => id !== share.id))
    })
  const open = (shares ?? []).filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && Date.parse(expiresAt) > session.nowMs(),
  )
  return (
    <section class="share" ref={section} aria-labelledby="share-title">
      <h3 id="share-title">Links</h3>
      <p class="quiet">Whoever has a link can watch this clip and save it, without a key, until the link ends.</p>
      <div class="share-make">
        <label class="field-inline">
          Ends after
          <select value={lifetimeSec} onChange={(event) => setLifetimeSec(Number(event.currentTarget.value))}>
            {LIFETIMES.map(({ sec, words }) => (
              <option key={sec} value={sec}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button button-main" onClick={make}>
          Make a link
        </button>
      </div>
      {error ? <ErrorNote words={error} /> : null}
      <ul class="shares">
        {open.map((share) => (
          <li key={share.id} class="share-row">
            <a class="share-url" href={share.url} target="_blank" rel="noreferrer">
              {share.url}
            </a>
            <span class="quiet share-end" role={copied === share.id ? 'status' : undefined}>
              {copied === share.id ? 'Copied. ' : ''}Ends {formatDateTime(share.expiresAt)}
            </span>
            <CopyButton text={share.url} label="Copy the link" />
            <button type="button" class="link-button link-button-bad" onClick={() => revoke(share)}>
              Revoke
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
