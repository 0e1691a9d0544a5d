import { dequal } from 'dequal/lite'
import type { BoardElement, BoardOp } from '../protocol/board.ts'
import { isKnownSignal, type KnownSignal, type Signal, type SignalOf } from '../protocol/signals.ts'
import type { RoomBoardPage } from './board.ts'
import { RoomReducer } from './reduce-room.ts'

/**
 * Finds the obsolete signals of a room's history: without them the history reduces to the same room, in whatever order. Of old
 * signals those stay that the state is made of. Chat and captions, participants who have left and deleted elements go
 * altogether when no newer signal is about them, and so do signals that do not change a room.
 *
 * The whole history is read once, old part and recent part; `sift` then takes the old part again, in the order of `seq`.
 */
export class HistorySieve {
  readonly #room = new RoomReducer()
  readonly #winners = new Set<number>()
  readonly #named = new Set<string>()
  /** The subjects of recent signals, and of old ones that stay. */
  readonly #touched = new Set<string>()
  readonly #covered = new Set<string>()
  readonly #dropped: number[] = []
  readonly #deletions: Deletion[] = []
  #hasStamps = false

  readOld(signals: readonly Signal[]): void {
    this.#room.apply(signals)
  }

  readRecent(signals: readonly Signal[]): void {
    this.#room.apply(signals)
    for (const signal of signals) if (isKnownSignal(signal)) this.#touch(subjectsOf(signal))
  }

  sift(signals: readonly Signal[]): void {
    if (!this.#hasStamps) this.#readStamps()
    for (const signal of signals) {
      const seq = signal.seq ?? 0
      if (isDeletion(signal)) this.#siftDeletion(seq, signal)
      else if (!this.#stays(signal, seq)) this.#dropped.push(seq)
      else if (isKnownSignal(signal)) this.#touch(subjectsOf(signal))
    }
  }

  /** The numbers of the obsolete signals, once everything is read and sifted. */
  obsolete(): readonly number[] {
    const { pages } = this.#room.room.board
    const emptied = new Set([...pages.values()].filter(({ elements }) => elements.size === 0).map(({ id }) => id))
    const gone: number[] = []
    for (const { seq, page, subject } of this.#deletions) {
      // Without any of its elements the page itself stays.
      if (!this.#touched.has(subject) && !emptied.delete(page)) gone.push(seq)
    }
    return [...this.#dropped, ...gone]
  }

  #readStamps(): void {
    this.#hasStamps = true
    for (const [field, { seq }] of this.#room.room.stamps) {
      this.#winners.add(seq)
      if (field.startsWith(PARTICIPANT)) this.#named.add(field.slice(PARTICIPANT.length, field.lastIndexOf('/')))
    }
  }

  #stays(signal: Signal, seq: number): boolean {
    if (!isKnownSignal(signal)) return false
    switch (signal.type) {
      case 'chat.message':
      case 'highlight':
      case 'custom':
        return false
      case 'caption':
        return this.#winners.has(seq) && subjectsOf(signal).some((subject) => this.#touched.has(subject))
      case 'active.speaker':
      case 'layout.set':
      case 'board.page':
        return this.#winners.has(seq)
      case 'board.op':
        return signal.op.action === 'put' && this.#covers(signal.page, [signal.op.element])
      case 'board.snapshot': {
        const news = signal.pages.map(({ id, elements }) => this.#covers(id, elements) || this.#coversEmpty(id))
        return this.#winners.has(seq) || news.includes(true)
      }
      default:
        return this.#participantStays(signal, seq)
    }
  }

  #participantStays(signal: ParticipantSignal, seq: number): boolean {
    const id = signal.participant ?? signal.from
    if (id === undefined) return false
    const isOver = this.#room.room.participants.get(id)?.present === false
    if (isOver && !this.#touched.has(PARTICIPANT + id)) return false
    return this.#winners.has(seq) || (!this.#named.has(id) && this.#cover(PARTICIPANT + id))
  }

  /** True for the first signal that carries an element in its current version. */
  #covers(pageId: string, elements: readonly BoardElement[]): boolean {
    const page = this.#pageOf(pageId)
    const current = elements.filter((element) => dequal(page?.elements.get(element.id), element))
    return current.filter(({ id }) => this.#cover(elementOf(pageId, id))).length > 0
  }

  /** True for the first signal that carries a page on which there never was anything. */
  #coversEmpty(pageId: string): boolean {
    const page = this.#pageOf(pageId)
    return page?.elements.size === 0 && page.deleted.size === 0 && this.#cover(`page/${pageId}`)
  }

  #siftDeletion(seq: number, { page, op }: DeletionSignal): void {
    const deletion = this.#pageOf(page)?.deleted.get(op.id)
    const isCurrent = deletion?.version === op.version && deletion.nonce === op.nonce
    const subject = elementOf(page, op.id)
    if (isCurrent && this.#cover(subject)) this.#deletions.push({ seq, page, subject })
    else this.#dropped.push(seq)
  }

  #pageOf(id: string): RoomBoardPage | undefined {
    return this.#room.room.board.pages.get(id)
  }

  #touch(subjects: readonly string[]): void {
    for (const subject of subjects) this.#touched.add(subject)
  }

  #cover(subject: string): boolean {
    const isNew = !this.#covered.has(subject)
    this.#covered.add(subject)
    return isNew
  }
}

const PARTICIPANT = 'participant/'

interface Deletion {
  readonly seq: number
  readonly page: string
  readonly subject: string
}
type DeletionSignal = SignalOf<'board.op'> & { readonly op: Extract<BoardOp, { action: 'delete' }> }
type ParticipantSignal = Extract<KnownSignal, { type: `participant.${string}` | `media.${string}` | `hand.${string}` }>

function isDeletion(signal: Signal): signal is DeletionSignal {
  return isKnownSignal(signal) && signal.type === 'board.op' && signal.op.action === 'delete'
}

const elementOf = (page: string, id: string): string => `element/${JSON.stringify([page, id])}`

/** The subjects of a signal that may be gone: participants, elements, captions. */
function subjectsOf(signal: KnownSignal): readonly string[] {
  switch (signal.type) {
    case 'board.op':
      return [elementOf(signal.page, signal.op.action === 'put' ? signal.op.element.id : signal.op.id)]
    case 'board.snapshot':
      return signal.pages.flatMap(({ id, elements }) => elements.map((element) => elementOf(id, element.id)))
    case 'caption':
      return [`caption/${signal.participant ?? signal.from ?? ''}`]
    case 'chat.message':
    case 'highlight':
    case 'custom':
    case 'active.speaker':
    case 'layout.set':
    case 'board.page':
      return []
    default:
      return [PARTICIPANT + (signal.participant ?? signal.from ?? '')]
  }
}
