import { AppError, type PageStats } from '../../protocol/index.ts'

/** A fault in what a page records while it seems to work. */
type OutputFault = 'picture.frozen' | 'picture.black' | 'sound.silent'

/** Reports come once a second. One odd second is a cut, a key frame or a mute; five are five lost seconds. */
export const ODD_SECONDS = 5
/** Mean change of a point from second to second, of 255. A talking head measures 2 to 8, noise of a still camera below 1. */
const MOVES = 2
/** A tile that shows its source changes as it does; one that does not, not at all: decoded twice, a still frame has no noise. */
const STANDS_STILL = 0.1
/** The scene's darkest background has a luma of about 20; labels and placeholders are brighter. */
const BLACK_BRIGHTEST = 8
const NOT_BLACK = 24
/** Below -50 dBFS it is the noise of a microphone, not sound. */
const SOUND_RMS = 10 ** (-50 / 20)
const SILENCE_DBFS = -70

/** Reports each fault once, when it has lasted, and again only after it was gone. */
interface OutputJudge {
  /** The faults that are new with this report. */
  judge(stats: Pick<PageStats, 'picture' | 'sources' | 'peakDbfs'>): readonly AppError[]
}

export function createOutputJudge(): OutputJudge {
  const odd = new Map<OutputFault, number>()
  return {
    judge(stats) {
      const faults = faultsOf(stats)
      for (const code of odd.keys()) if (!faults.has(code)) odd.delete(code)
      for (const code of faults.keys()) odd.set(code, (odd.get(code) ?? 0) + 1)
      return [...faults].filter(([code]) => odd.get(code) === ODD_SECONDS).map(([code, why]) => new AppError(code, why))
    },
  }
}

/** The faults of this second. A source that is still, black or silent itself is none. */
function faultsOf({ picture, sources, peakDbfs }: Parameters<OutputJudge['judge']>[0]): Map<OutputFault, string> {
  const faults = new Map<OutputFault, string>()
  const lasting = `for ${ODD_SECONDS} s`
  const frozen = picture?.tiles.find((tile) => tile.sourceMotion >= MOVES && tile.tileMotion < STANDS_STILL)
  if (frozen !== undefined) {
    faults.set(
      'picture.frozen',
      `Source \`${frozen.sourceId}\` moves, but its place in the picture has not ${lasting}.`,
    )
  }
  const bright = picture?.tiles.find((tile) => tile.sourceLuma >= NOT_BLACK)
  if (picture !== null && picture.brightest <= BLACK_BRIGHTEST && bright !== undefined) {
    faults.set('picture.black', `The picture has been black ${lasting}, but source \`${bright.sourceId}\` is not.`)
  }
  const loud = sources.find(({ level }) => level >= SOUND_RMS)
  if (peakDbfs < SILENCE_DBFS && loud !== undefined) {
    faults.set('sound.silent', `The mix has been silent ${lasting}, but source \`${loud.sourceId}\` has sound.`)
  }
  return faults
}
