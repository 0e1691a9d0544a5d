import { useRef, useState } from 'preact/hooks'
import type { Recording } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { useKeys, useSession } from '../state/hooks.ts'
import { isKeyFor } from '../state/keys.ts'
import { titleOf } from '../state/recording-words.ts'
import { useAttempt } from '../state/use-attempt.ts'

/** Pauses and resumes a recording. The key `p` asks before it pauses: a stray key must not cost a part of the class. */
export function PauseButton({ recording }: { readonly recording: Recording }) {
  const button = useRef<HTMLButtonElement>(null)
  const dialog = useRef<HTMLDialogElement>(null)
  const [session] = useSession()
  const [busy, setBusy] = useState(false)
  const { error, attempt } = useAttempt()
  const isPaused = recording.pausedAt != null
  const press = async () => {
    dialog.current?.close()
    setBusy(true)
    await attempt(() =>
      session.keep((recordings) => (isPaused ? recordings.resume(recording.id) : recordings.pause(recording.id))),
    )
    setBusy(false)
  }
  useKeys((event) => {
    if (button.current === null || busy || event.repeat || !isKeyFor(event, button.current)) return
    if (event.key.toLowerCase() !== 'p') return
    if (isPaused) void press()
    else dialog.current?.showModal()
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
      <dialog ref={dialog} class="dialog" aria-labelledby="pause-title">
        <h2 id="pause-title">Pause recording “{titleOf(recording)}”?</h2>
        <p>Nothing is recorded until it is resumed.</p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep recording
          </button>
          <button type="button" class="button button-main" onClick={press}>
            Pause
          </button>
        </div>
      </dialog>
      {error ? <ErrorNote words={error} /> : null}
    </>
  )
}
