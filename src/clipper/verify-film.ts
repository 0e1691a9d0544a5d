import { decodeStretches, type FfmpegOptions, type FilmPackets, readPackets, type Stretch } from '../media/index.ts'
import { AppError } from '../protocol/index.ts'
import { AAC_SAMPLES } from './ts/demux-segment.ts'

/** What was planned of a film: when each picture is shown, where its runs begin, where it ends, in frames. */
interface PlannedFilm {
  readonly pictures: readonly { readonly frame: number; readonly encoded: boolean }[]
  readonly runs: readonly { readonly firstFrame: number }[]
  readonly frames: number
}

/** How a film is counted: frames a second, and samples of sound, undefined when it has none. */
interface Rates {
  readonly fps: number
  readonly sampleRate: number | undefined
}

/** Half a unit of the times that ffprobe prints, and a little more. */
const PRINTED_SEC = 0.000_002
/** Pictures behind a joint that are decoded: a wrong reference shows at once. */
const BEHIND_JOINT = 5
const STRETCHES_AT_ONCE = 8

/**
 * Reads the finished file back and holds it to its plan: each picture at its time, the last one's end, sound from the first
 * picture to the last, and every joint decodes without a complaint. Throws `clip.wrong-media` with what was expected.
 */
export async function verifyFilm(path: string, plan: PlannedFilm, expected: Rates & FfmpegOptions): Promise<void> {
  const stretches = jointStretches(plan, expected.fps)
  const [packets] = await Promise.all([
    readPackets(path, expected),
    (async () => {
      for (let i = 0; i < stretches.length; i += STRETCHES_AT_ONCE) {
        await checkStretches(path, stretches.slice(i, i + STRETCHES_AT_ONCE), expected)
      }
    })(),
  ])
  const problem = findProblem(packets, plan, expected)
  if (problem !== undefined) throw wrongMedia(problem)
}

/** What is wrong with the packets of a film; undefined when nothing is. */
function findProblem(packets: FilmPackets, plan: PlannedFilm, { fps, sampleRate }: Rates): Problem | undefined {
  const [complaint] = packets.complaints
  if (complaint !== undefined) return { what: 'the file', expected: 'no complaint', found: complaint }
  const { pictures } = packets
  if (pictures.length !== plan.pictures.length) {
    return { what: 'pictures', expected: plan.pictures.length, found: pictures.length }
  }
  const wrong = plan.pictures.findIndex(({ frame }, i) => differs(pictures[i]?.startSec, frame / fps))
  if (wrong !== -1) {
    const due = (plan.pictures[wrong]?.frame ?? 0) / fps
    return { what: `time of picture ${wrong}`, expected: due, found: pictures[wrong]?.startSec }
  }
  const last = pictures.at(-1)
  const endSec = (last?.startSec ?? 0) + (last?.durationSec ?? 0)
  if (differs(endSec, plan.frames / fps)) return { what: 'end', expected: plan.frames / fps, found: endSec }
  return findSoundProblem(packets, { endSec, sampleRate })
}

/** The first thing that is not as planned; times in seconds. */
interface Problem {
  readonly what: string
  readonly expected: unknown
  readonly found: unknown
}

function findSoundProblem(
  { sound }: FilmPackets,
  { endSec, sampleRate }: { readonly endSec: number; readonly sampleRate: number | undefined },
): Problem | undefined {
  const [first, last] = [sound[0], sound.at(-1)]
  if (sampleRate === undefined) {
    return first === undefined ? undefined : { what: 'sound', expected: 'none', found: `${sound.length} packets` }
  }
  const packetSec = AAC_SAMPLES / sampleRate + PRINTED_SEC
  const startSec = first?.startSec ?? Number.NaN
  const soundEndSec = (last?.startSec ?? Number.NaN) + (last?.durationSec ?? 0)
  if (!(startSec <= PRINTED_SEC)) return { what: 'start of the sound', expected: 0, found: startSec }
  if (!(Math.abs(soundEndSec - endSec) <= packetSec)) {
    return { what: 'end of the sound', expected: endSec, found: soundEndSec }
  }
  return undefined
}

interface JointStretch extends Stretch {
  readonly pictures: number
}

/** The stretches around the beginning of the film and around each joint of copied and encoded pictures, or of two runs. */
function jointStretches(plan: PlannedFilm, fps: number): JointStretch[] {
  const { pictures } = plan
  const starts = new Set(plan.runs.map(({ firstFrame }) => firstFrame))
  const joints = pictures.flatMap(({ frame, encoded }, i) =>
    i === 0 || starts.has(frame) || encoded !== pictures[i - 1]?.encoded ? [i] : [],
  )
  return joints.map((joint) => {
    const from = Math.max(0, joint - 1)
    const to = Math.min(pictures.length, joint + BEHIND_JOINT)
    const before = (index: number) => ((pictures[index]?.frame ?? plan.frames) - 0.5) / fps
    return { fromSec: from === 0 ? 0 : before(from), toSec: before(to), pictures: to - from }
  })
}

async function checkStretches(path: string, stretches: readonly JointStretch[], options: FfmpegOptions): Promise<void> {
  const { counts, complaints } = await decodeStretches(path, stretches, options)
  if (complaints[0] !== undefined) throw wrongMedia({ what: 'a joint', expected: 'no complaint', found: complaints[0] })
  const wrong = stretches.findIndex(({ pictures }, i) => counts[i] !== pictures)
  if (wrong === -1) return
  const { fromSec = 0, pictures } = stretches[wrong] ?? {}
  throw wrongMedia({ what: `pictures that decode from ${fromSec} s on`, expected: pictures, found: counts[wrong] })
}

function differs(found: number | undefined, expected: number): boolean {
  return !(Math.abs((found ?? Number.NaN) - expected) <= PRINTED_SEC)
}

function wrongMedia({ what, expected, found }: Problem): AppError {
  return new AppError('clip.wrong-media', `The film is wrong: ${what} should be ${expected}, but is ${found}`, {
    details: { what, expected, found },
  })
}
