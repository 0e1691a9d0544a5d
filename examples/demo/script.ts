import type { KnownSignal } from '../../src/protocol/index.ts'
import { CAST, LOOP_SEC } from './cast.ts'
import { planWriting } from './whiteboard.ts'

type Body<S> = S extends KnownSignal ? Omit<S, 'v' | 'at' | 'from' | 'id' | 'seq'> : never
/** A signal before it is sent: the sender's connection adds who and when. */
type SignalBody = Body<KnownSignal>

export interface Cue {
  /** Seconds since the script began. */
  readonly atSec: number
  /** The participant who sends it. */
  readonly by: string
  readonly signal: SignalBody
}

/** All people of the class; only those with a stream have a picture. */
export const PARTICIPANTS = [
  { id: 'teacher', name: 'Ms Li', role: 'presenter' },
  { id: 'amy', name: 'Amy', role: 'participant' },
  { id: 'kofi', name: 'Kofi', role: 'participant' },
  { id: 'zoe', name: 'Zoë', role: 'viewer' },
  { id: 'ming', name: '小明', role: 'viewer' },
] as const

/** The lesson was written for this length; other lengths stretch it, long ones repeat it. */
const LESSON_SEC = 60
const WRITING = { fromSec: 22, toSec: 46 }
/** From an encoder's clock to the recorded picture, roughly: three one-second segments and a little. */
const STREAM_DELAY_SEC = 3.4
const CAPTION_MS = 3800

const join = (id: string): SignalBody => {
  const person = PARTICIPANTS.find((candidate) => candidate.id === id)
  if (person === undefined) throw new Error(`The demo has no participant "${id}".`)
  return { type: 'participant.joined', participant: person.id, name: person.name, role: person.role }
}
const say = (text: string): SignalBody => ({ type: 'chat.message', text })

/** The cues of one lesson, in order. */
const LESSON: readonly Cue[] = [
  {
    atSec: 0,
    by: 'teacher',
    signal: { type: 'layout.set', layout: { name: 'speaker', focus: 'teacher', labels: true } },
  },
  { atSec: 3, by: 'amy', signal: say('Good morning! 👋') },
  { atSec: 4.6, by: 'ming', signal: say('老师好！') },
  { atSec: 6.2, by: 'zoe', signal: say('Hello from Lisbon ☀️') },
  { atSec: 8, by: 'teacher', signal: { type: 'layout.set', layout: { name: 'side-by-side', focus: 'slides' } } },
  { atSec: 11, by: 'kofi', signal: { type: 'hand.raised' } },
  { atSec: 13, by: 'teacher', signal: say('Kofi, go ahead 🙂') },
  { atSec: 15, by: 'kofi', signal: { type: 'hand.lowered' } },
  { atSec: 15.5, by: 'teacher', signal: { type: 'layout.set', layout: { name: 'grid' } } },
  { atSec: 18, by: 'kofi', signal: { type: 'media.muted', kind: 'audio' } },
  { atSec: 18.8, by: 'kofi', signal: say('Sorry, my dog 🐶') },
  { atSec: 21, by: 'teacher', signal: { type: 'layout.set', layout: { name: 'board', focus: 'teacher' } } },
  { atSec: 27, by: 'kofi', signal: { type: 'media.unmuted', kind: 'audio' } },
  { atSec: 33, by: 'ming', signal: say('所以 3² + 4² = 5² 吗？') },
  { atSec: 35.5, by: 'amy', signal: { type: 'hand.raised' } },
  { atSec: 38, by: 'teacher', signal: say('对！Exactly ✨') },
  { atSec: 40, by: 'amy', signal: { type: 'hand.lowered' } },
  {
    atSec: 45,
    by: 'teacher',
    signal: { type: 'highlight', label: 'The theorem of Pythagoras', preSec: 12, postSec: 3 },
  },
  { atSec: 47, by: 'teacher', signal: { type: 'layout.set', layout: { name: 'small-class', view: 'audience' } } },
  { atSec: 49, by: 'amy', signal: { type: 'media.muted', kind: 'audio' } },
  {
    atSec: 51.5,
    by: 'teacher',
    signal: { type: 'layout.set', layout: { name: 'lecture', focus: 'slides', view: 'presenter' } },
  },
  { atSec: 53, by: 'amy', signal: { type: 'media.unmuted', kind: 'audio' } },
  { atSec: 54, by: 'ming', signal: say('谢谢老师 🙏') },
  { atSec: 55.5, by: 'zoe', signal: { type: 'participant.left' } },
  {
    atSec: 56,
    by: 'teacher',
    signal: { type: 'layout.set', layout: { name: 'speaker', focus: 'teacher', view: 'audience' } },
  },
  { atSec: 57, by: 'teacher', signal: say('See you on Monday! 再见 👋') },
]

const ARRIVALS: readonly Cue[] = [
  { atSec: 0, by: 'teacher', signal: join('teacher') },
  { atSec: 0, by: 'amy', signal: join('amy') },
  { atSec: 0.8, by: 'kofi', signal: join('kofi') },
  { atSec: 1.6, by: 'zoe', signal: join('zoe') },
  { atSec: 2.4, by: 'ming', signal: join('ming') },
]

/** Every cue of a class of `seconds`, in order. `streamsAgeSec` is how long the streams have been live when it begins. */
export function planClass(seconds: number, streamsAgeSec: number): Cue[] {
  const rounds = Math.max(1, Math.round(seconds / LESSON_SEC))
  const cues = Array.from({ length: rounds }, (_, round) => planLesson(round, seconds / rounds)).flat()
  return [...cues, ...planCaptions(seconds, streamsAgeSec)].sort((a, b) => a.atSec - b.atSec)
}

function planLesson(round: number, lessonSec: number): Cue[] {
  const pace = lessonSec / LESSON_SEC
  const arrivals = round === 0 ? ARRIVALS : [{ atSec: 1.6, by: 'zoe', signal: join('zoe') }]
  const cues = [...arrivals, ...LESSON, ...planBoard(`page-${round + 1}`, pace)]
  return cues.map((cue) => ({ ...cue, atSec: round * lessonSec + cue.atSec * pace }))
}

/** The writing on a fresh page. Its steps are counted in real time, so that a slow lesson writes as smoothly. */
function planBoard(page: string, pace: number): Cue[] {
  const steps = planWriting((WRITING.toSec - WRITING.fromSec) * 1000 * pace)
  return [
    { atSec: WRITING.fromSec - 1.2, by: 'teacher', signal: { type: 'board.page', page } },
    ...steps.map(
      ({ afterMs, element }): Cue => ({
        atSec: WRITING.fromSec + afterMs / 1000 / pace,
        by: 'teacher',
        signal: { type: 'board.op', page, op: { action: 'put', element } },
      }),
    ),
  ]
}

/** Captions follow the voices of the streams, whatever the length of the lesson. */
function planCaptions(seconds: number, streamsAgeSec: number): Cue[] {
  const lines = CAST.flatMap((person) => person.lines.map((line) => ({ by: person.id, ...line })))
  const loops = Math.ceil((seconds + streamsAgeSec) / LOOP_SEC) + 1
  return Array.from({ length: loops }, (_, loop) => loop)
    .flatMap((loop) =>
      lines.map((line) => ({ ...line, atSec: loop * LOOP_SEC + line.atSec + STREAM_DELAY_SEC - streamsAgeSec })),
    )
    .filter((line) => line.atSec >= 0 && line.atSec < seconds)
    .map(({ atSec, by, text }): Cue => ({ atSec, by, signal: { type: 'caption', text, durationMs: CAPTION_MS } }))
}
