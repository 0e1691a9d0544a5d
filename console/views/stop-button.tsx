import { useRef, useState } from 'preact/hooks'
import type { Recording } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { useSession } from '../state/hooks.ts'
import { titleOf } from '../state/recording-words.ts'
import { useAttempt } from '../state/use-attempt.ts'

/** Ends a recording after a confirmation: an ended one cannot be started again. */
export function StopButton({ recording }: { readonly recording: Recording }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [session] = useSession()
  const [busy, setBusy] = useState(false)
  const { error, attempt } = useAttempt()
  const stop = async () => {
    setBusy(true)
    await attempt(async () => {
      await session.keep((recordings) => recordings.stop(recording.id))
      dialog.current?.close()
    })
    setBusy(false)
  }
  return (
    <>
      <button type="button" class="button button-stop" onClick={() => dialog.current?.showModal()}>
        <Icon name="stop" /> Stop
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby="stop-title">
        <h2 id="stop-title">Stop recording “{titleOf(recording)}”?</h2>
        <p>What was recorded stays and can be played. An ended recording cannot be continued.</p>
        {error ? <ErrorNote words={error} /> : null}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep recording
          </button>
          <button type="button" class="button button-stop" disabled={busy} onClick={stop}>
            {busy ? 'Stopping …' : 'Stop recording'}
          </button>
        </div>
      </dialog>
    </>
  )
}
