import { useEffect, useRef, useState } from 'preact/hooks'
import { DEFAULT_SHARE_SEC, type Highlight, type Share } from '../../src/protocol/index.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { copyText } from '../parts/copy-text.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { formatDateTime } from '../state/format.ts'
import { loadShares, revokeShare, shareHighlight } from '../state/highlight-calls.ts'
import { useSession } from '../state/hooks.ts'
import { useAttempt } from '../state/use-attempt.ts'

const DAY_SEC = 24 * 3600
const LIFETIMES = [
  { sec: 3600, words: '1 hour' },
  { sec: DAY_SEC, words: '1 day' },
  { sec: 7 * DAY_SEC, words: '7 days' },
  { sec: DEFAULT_SHARE_SEC, words: '30 days' },
  { sec: 365 * DAY_SEC, words: '1 year' },
] as const

/** Links that open the clip without a key: makes, copies and revokes them. */
export function SharePanel({ highlight }: { readonly highlight: Highlight }) {
  const { shares, isLoaded, copiedId, error, make, revoke } = useShares(highlight)
  const section = useRef<HTMLElement>(null)
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), [isLoaded])
  return (
    <section class="share" ref={section} aria-labelledby="share-title">
      <h3 id="share-title">Links</h3>
      <p class="quiet">Whoever has a link can watch this clip and save it, without a key, until the link ends.</p>
      <ShareMaker onMake={make} />
      {error ? <ErrorNote words={error} /> : null}
      <ul class="shares">
        {shares.map((share) => (
          <ShareRow key={share.id} share={share} isCopied={copiedId === share.id} onRevoke={() => revoke(share)} />
        ))}
      </ul>
    </section>
  )
}

interface Shares {
  /** Those that open something now, newest first. */
  readonly shares: readonly Share[]
  readonly isLoaded: boolean
  /** The link that was made last, once it is in the clipboard. */
  readonly copiedId: string | undefined
  readonly error: string | undefined
  readonly make: (lifetimeSec: number) => void
  readonly revoke: (share: Share) => void
}

function useShares({ id }: Highlight): Shares {
  const [session] = useSession()
  const [shares, setShares] = useState<readonly Share[]>()
  const [copiedId, setCopiedId] = useState<string>()
  const { error, attempt } = useAttempt()
  useEffect(() => void attempt(async () => setShares(await loadShares(session, id))), [session, id])
  const make = (lifetimeSec: number) =>
    attempt(async () => {
      const share = await shareHighlight(session, id, lifetimeSec)
      setShares([share, ...(shares ?? [])])
      setCopiedId((await copyText(share.url)) ? share.id : undefined)
    })
  const revoke = (share: Share) =>
    attempt(async () => {
      await revokeShare(session, id, share.id)
      setShares((shares ?? []).filter((other) => other.id !== share.id))
    })
  const open = (shares ?? []).filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && Date.parse(expiresAt) > session.nowMs(),
  )
  return { shares: open, isLoaded: shares !== undefined, copiedId, error, make, revoke }
}

function ShareMaker({ onMake }: { readonly onMake: (lifetimeSec: number) => void }) {
  const [lifetimeSec, setLifetimeSec] = useState<number>(DEFAULT_SHARE_SEC)
  return (
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
      <button type="button" class="button button-main" onClick={() => onMake(lifetimeSec)}>
        Make a link
      </button>
    </div>
  )
}

function ShareRow(props: { readonly share: Share; readonly isCopied: boolean; readonly onRevoke: () => void }) {
  const { url, expiresAt } = props.share
  return (
    <li class="share-row">
      <a class="share-url" href={url} target="_blank" rel="noreferrer">
        {url}
      </a>
      <span class="quiet share-end" role={props.isCopied ? 'status' : undefined}>
        {props.isCopied ? 'Copied. ' : ''}Ends {formatDateTime(expiresAt)}
      </span>
      <CopyButton text={url} label="Copy the link" />
      <button type="button" class="link-button link-button-bad" onClick={props.onRevoke}>
        Revoke
      </button>
    </li>
  )
}
