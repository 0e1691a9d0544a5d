import { useRef, useState } from 'preact/hooks'
import type { Recording } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { wordsOf } from '../state/api.ts'
import { useKeys, useSession } from '../state/hooks.ts'
import { isKeyFor } from '../state/keys.ts'

/** Pauses and resumes a recording, also by the key `p`, without a confirmation: each undoes the other. */
export function PauseButton({ recording }: { readonly recording: Recording }) {
  const button = useRef<HTMLButtonElement>(null)
  const [session] = useSession()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const isPaused = recording.pausedAt != null
  const press = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await session.keep((recordings) => (isPaused ? recordings.resume(recording.id) : recordings.pause(recording.id)))
    } catch (thrown) {
      setError(wordsOf(thrown))
    } finally {
      setBusy(false)
    }
  }
  useKeys((event) => {
    if (button.current === null || busy || event.repeat || !isKeyFor(event, button.current)) return
    if (event.key.toLowerCase() !== 'p') return
    void press()
    event.preventDefault()
  })
  return (
    <>
      <button
        type="button"
        class={`button button-pause${isPaused ? ' button-main' : ''}`}
        ref={button}
        disabled={busy}
        onClick={press}
        aria-keyshortcuts="p"
        title={isPaused ? 'Go on recording (p)' : 'Record nothing until it is resumed (p)'}
      >
        <Icon name={isPaused ? 'play' : 'pause'} /> {isPaused ? 'Resume' : 'Pause'}
      </button>
      {error ? <ErrorNote words={error} /> : null}
    </>
  )
}
