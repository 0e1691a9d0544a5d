import type { Highlight, HighlightState, Recap } from '../../src/protocol/index.ts'
import type { Tone } from './recording-words.ts'

export const HIGHLIGHT_WORDS: Readonly<Record<HighlightState, { readonly label: string; readonly tone: Tone }>> = {
  waiting: { label: 'Waiting', tone: 'busy' },
  cutting: { label: 'Cutting', tone: 'busy' },
  ready: { label: 'Ready', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
}

export const RECAP_WORDS: Readonly<Record<Recap['state'], { readonly label: string; readonly tone: Tone }>> = {
  rendering: { label: 'Rendering', tone: 'busy' },
  ready: { label: 'Ready', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
}

const TRIGGER_WORDS = { api: 'Somebody', signal: 'A signal of the room', rule: 'A rule' } as const
const RULE_WORDS: Readonly<Record<string, string>> = {
  hand: 'A raised hand',
  'chat-burst': 'A burst of chat',
  loudness: 'A loud moment',
  custom: 'A signal of the room',
}

/** A smaller difference is one of frames and segments, and not mentioned. */
const NOTICEABLE_SEC = 0.5

/** Its label, or the word for what it is. */
export function titleOfHighlight(highlight: Highlight): string {
  return highlight.label ?? 'Highlight'
}

export function titleOfRecap(recap: Recap): string {
  return recap.title ?? 'Recap'
}

/** The person or the rule that triggered it. */
export function triggeredBy(highlight: Highlight): string {
  if (highlight.by !== null) return highlight.by
  return RULE_WORDS[highlight.rule ?? ''] ?? TRIGGER_WORDS[highlight.trigger]
}

/** True once something of the clip can be watched. */
export function isPlayable(highlight: Highlight): boolean {
  return highlight.state === 'ready' || highlight.playableAt !== null
}

/** Seconds of the exact clip, or of the range that it is to cover. */
export function lengthOf(highlight: Highlight): number {
  return highlight.durationSec ?? (Date.parse(highlight.to) - Date.parse(highlight.from)) / 1000
}

/** How much of a clip's range has passed, from 0 to 1, and how long its post-roll still takes. */
export function waitOf(highlight: Highlight, nowMs: number): { readonly done: number; readonly leftSec: number } {
  const fromMs = Math.min(Date.parse(highlight.at), Date.parse(highlight.createdAt))
  const toMs = Date.parse(highlight.to)
  const leftSec = Math.max(0, Math.ceil((toMs - nowMs) / 1000))
  return { done: toMs <= fromMs ? 1 : Math.min(1, Math.max(0, (nowMs - fromMs) / (toMs - fromMs))), leftSec }
}

/** The progress of a clip that is not ready, in one short line. */
export function progressWords(highlight: Highlight, nowMs: number): string {
  if (highlight.state === 'failed') return 'Failed'
  if (highlight.state === 'cutting') return 'Cutting …'
  const { leftSec } = waitOf(highlight, nowMs)
  return leftSec > 0 ? `Waiting ${leftSec} s …` : 'Storing the last second …'
}

/** What the clip lacks of the range that was asked for, in plain sentences; none when it is complete. */
export function notesOf(highlight: Highlight): string[] {
  const { clamped, gaps } = highlight
  const missingSec = gaps.reduce((sum, gap) => sum + secondsBetween(gap.from, gap.to), 0)
  const earlySec = clamped?.from ? secondsBetween(clamped.from, highlight.from) : 0
  const lateSec = clamped?.to ? secondsBetween(highlight.to, clamped.to) : 0
  const interrupted = gaps.length > 1 ? `interrupted ${gaps.length} times` : 'interrupted'
  return [
    ...(missingSec > 0
      ? [`${secondsOf(missingSec)} ${missingSec <= 1 ? 'is' : 'are'} missing: the recording was ${interrupted}.`]
      : []),
    ...(earlySec >= NOTICEABLE_SEC
      ? [`The clip starts ${secondsOf(earlySec)} later than asked, with the recording.`]
      : []),
    ...(lateSec >= NOTICEABLE_SEC
      ? [`The clip ends ${secondsOf(lateSec)} earlier than asked, with the recording.`]
      : []),
  ]
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000
}

/** `12 s`, `0.4 s`; whole from ten on. */
function secondsOf(seconds: number): string {
  return `${seconds >= 10 ? Math.round(seconds) : Math.round(seconds * 10) / 10} s`
}
