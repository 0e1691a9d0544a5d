import { type SignalOf, signalKeyOf } from '../protocol/signals.ts'
import { type ChatMessage, MAX_CHAT_MESSAGES } from './room.ts'
import { canonicalJson, compareStamps, type Stamp } from './stamp.ts'

/** The chat with this message at its place; the same array when it was there already or is too old to keep. */
export function insertChat(chat: readonly ChatMessage[], signal: SignalOf<'chat.message'>): readonly ChatMessage[] {
  const message = chatMessage(signal)
  const known = chat.find((other) => other.id === message.id)
  if (known !== undefined && compareMessages(message, known) <= 0) return chat
  const others = known === undefined ? chat : chat.filter((other) => other !== known)
  const index = others.findLastIndex((other) => compareMessages(other, message) < 0) + 1
  if (index === 0 && others.length >= MAX_CHAT_MESSAGES) return chat
  return others.toSpliced(index, 0, message).slice(-MAX_CHAT_MESSAGES)
}

function chatMessage(signal: SignalOf<'chat.message'>): ChatMessage {
  const { at, text } = signal
  const from = signal.from ?? null
  const id = signalKeyOf(signal) ?? canonicalJson([at, from, text])
  return { id, at, seq: signal.seq ?? 0, from, name: signal.name ?? null, text }
}

function compareMessages(a: ChatMessage, b: ChatMessage): number {
  return compareStamps(stampOf(a), stampOf(b))
}

function stampOf(message: ChatMessage): Stamp {
  return {
    at: message.at,
    seq: message.seq,
    id: message.id,
    value: canonicalJson([message.from, message.name, message.text]),
  }
}
