import type { Promised } from './fault.ts'
import type { FaultFigures } from './measure-fault.ts'
import { LONGEST_SEGMENT_SEC, SEGMENT_SEC } from './session.ts'

/** What became of the recording beside its pictures. */
interface Aftermath {
  /** What a viewer could hold against any version of the playlists, or a decoder against the media. */
  readonly playlistFaults: readonly string[]
  readonly state: string
  /** Processes, spooled segments and temporary folders that are still there. */
  readonly left: readonly string[]
  /** From the last picture to the stop, seconds. */
  readonly endLossSec: number
  /** A clock that goes back has every moment twice. */
  readonly mayDouble: boolean
}

/** The last picture before a stop: a stop reaches the page within 200 ms, the encoder holds a few pictures. */
const STOP_LOSS_SEC = 1

/** Everything that is not as it was promised; empty when all is. */
export function judgeFault(figures: FaultFigures, promised: Promised, aftermath: Aftermath): string[] {
  const { playlistFaults, state, left, endLossSec } = aftermath
  const broken = [...playlistFaults, ...left.map((what) => `left behind: ${what}`)]
  if (state !== 'completed') broken.push(`it ended as ${state}`)
  broken.push(...judgePictures(figures, promised, aftermath), ...judgeSource(figures, promised))
  if (endLossSec > STOP_LOSS_SEC) broken.push(`the last ${endLossSec.toFixed(1)} s before the stop are missing`)
  return broken
}

function judgePictures(
  { lostSec, doubledSec, goOnSec: tookSec }: FaultFigures,
  { goOnSec }: Promised,
  { mayDouble }: Pick<Aftermath, 'mayDouble'>,
): string[] {
  const broken: string[] = []
  const storedLossSec = lostSec - tookSec
  const mayLoseSec = goOnSec === 0 ? 0 : goOnSec + SEGMENT_SEC
  if (tookSec > goOnSec) broken.push(`it went on after ${tookSec.toFixed(1)} s, promised are ${goOnSec}`)
  if (lostSec > mayLoseSec) broken.push(`${lostSec.toFixed(1)} s are lost, at most ${mayLoseSec} may be`)
  if (goOnSec > 0 && storedLossSec > LONGEST_SEGMENT_SEC)
    broken.push(`${storedLossSec.toFixed(1)} s of before the fault are lost, at most one segment may be`)
  if (!mayDouble && doubledSec > LONGEST_SEGMENT_SEC)
    broken.push(`${doubledSec.toFixed(1)} s are there twice, at most ${LONGEST_SEGMENT_SEC} may be`)
  return broken
}

function judgeSource({ sourceBackSec, othersAwaySec }: FaultFigures, { backSec }: Promised): string[] {
  const broken: string[] = []
  if (sourceBackSec === Number.POSITIVE_INFINITY) broken.push('the source never came back')
  else if (sourceBackSec !== undefined && backSec !== undefined && sourceBackSec > backSec)
    broken.push(`the source came back after ${sourceBackSec.toFixed(1)} s, promised are ${backSec}`)
  if (othersAwaySec > 0) broken.push(`the other source stood still for ${othersAwaySec.toFixed(1)} s`)
  return broken
}
