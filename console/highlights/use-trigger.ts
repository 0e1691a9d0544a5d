import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import type { Recording } from '../../src/protocol/index.ts'
import type { WallTime } from '../player/player.tsx'
import { wordsOf } from '../state/api.ts'
import { triggerHighlight } from '../state/highlight-calls.ts'
import { type HighlightOptions, readOptions, storeOptions } from '../state/highlight-options.ts'
import { useSession } from '../state/hooks.ts'
import { isControllable } from '../state/recording-words.ts'

export interface Trigger {
  /** `now` while the class runs, `shown` (in the player) afterwards; undefined while there is no media to cut from. */
  readonly moment: 'now' | 'shown' | undefined
  /** Asks for the clip of `moment`. */
  readonly press: () => void
  /** Asks for the clip of the moment shown in the player, also while the class runs. */
  readonly pressShown: () => void
  /** Presses that the service has not answered yet, by a number of their own. */
  readonly pending: readonly number[]
  /** The highlight of the last press, for a label that comes afterwards. */
  readonly latestId: string | undefined
  readonly error: string | undefined
  readonly options: HighlightOptions
  readonly changeOptions: (change: (before: HighlightOptions) => HighlightOptions) => void
}

let pressCount = 0
/** A short push against the thumb, where the device can. */
const VIBRATION_MS = 25

/** Triggers highlights of a recording. Each press is confirmed on the screen at once, and repeated until the service answers. */
export function useTrigger(recording: Recording, wallTime: RefObject<WallTime>): Trigger {
  const [session] = useSession()
  const [pending, setPending] = useState<readonly number[]>([])
  const [latestId, setLatestId] = useState<string>()
  const [error, setError] = useState<string>()
  const [options, setOptions] = useState(readOptions)
  const moment = recording.startedAt === null ? undefined : isControllable(recording) ? 'now' : 'shown'

  const send = async (atMs: number | undefined) => {
    const press = ++pressCount
    const { labels: _, ...chosen } = options
    const at = atMs === undefined ? {} : { at: new Date(atMs).toISOString() }
    setPending((before) => [press, ...before])
    setError(undefined)
    navigator.vibrate?.(VIBRATION_MS)
    try {
      const { id } = await triggerHighlight(session, recording.id, { ...at, ...chosen })
      setLatestId(id)
    } catch (thrown) {
      setError(wordsOf(thrown))
    } finally {
      setPending((before) => before.filter((known) => known !== press))
    }
  }
  const pressShown = () => {
    const shownMs = wallTime.current?.()
    if (shownMs === undefined) setError('The player shows nothing yet whose time is known. Start it and try again.')
    else void send(shownMs)
  }
  return {
    moment,
    // The time of the press on the service's clock, not of the arrival: a request may take long.
    press: () => (moment === 'shown' ? pressShown() : void send(session.clockIsKnown ? session.nowMs() : undefined)),
    pressShown,
    pending,
    latestId,
    error,
    options,
    // An updater function, because two changes may come before the next render.
    changeOptions: (change) =>
      setOptions((before) => {
        const next = change(before)
        storeOptions(next)
        return next
      }),
  }
}
