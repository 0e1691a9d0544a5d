import type { SceneSource } from '../../recorder-page/scene/plan/scene-input.ts'
import type { Layout } from '../../src/protocol/layout.ts'
import type { Signal } from '../../src/protocol/signals.ts'
import type { Picture, SceneRequest } from './page/messages.ts'

export const NOW = 1_763_600_000_000

const NAMES = [
  'Ms Li',
  'Amy Okafor',
  'محمد عبد الرحمن',
  '山田 太郎',
  'Maximiliane Freifrau von Hohenstaufen-Württemberg',
  '김민서',
  'Zoë 🌸 Brown',
  'Дмитрий Иванов',
  '陈小雨',
  'José María',
]
export const COLORS = [
  '#2f6fb2',
  '#b2462f',
  '#2fb27a',
  '#a12fb2',
  '#b29b2f',
  '#2f9eb2',
  '#6a2fb2',
  '#b22f66',
  '#4f7d2f',
]

export function source(id: string, change: Partial<SceneSource> = {}): SceneSource {
  return {
    id,
    label: id,
    role: 'participant',
    muted: false,
    state: 'live',
    stateSinceMs: NOW - 60_000,
    hasFrame: true,
    level: 0,
    ...change,
  }
}

/** A class of this many cameras; the first one is the presenter. */
export function classOf(count: number, kind: Picture['kind'] = 'person'): Pick<SceneRequest, 'sources' | 'pictures'> {
  const sources = Array.from({ length: count }, (_, index) =>
    source(`s${index}`, {
      label: NAMES[index % NAMES.length] ?? `s${index}`,
      role: index === 0 ? 'presenter' : 'participant',
    }),
  )
  const pictures = Object.fromEntries(
    sources.map(({ id }, index) => [
      id,
      { kind, color: COLORS[index % COLORS.length] ?? '#888888', width: 640, height: 360 },
    ]),
  )
  return { sources, pictures }
}

export function request(layout: Layout, change: Partial<SceneRequest> = {}): SceneRequest {
  return {
    size: { width: 1280, height: 720 },
    layout,
    ...classOf(4),
    batches: [[]],
    nowMs: NOW,
    repeat: 1,
    probes: [],
    png: true,
    ...change,
  }
}

export const CHAT: readonly Signal[] = [
  ['s1', 'Good morning everyone!'],
  ['s3', '先生、おはようございます。今日の宿題は何ページですか？'],
  ['s2', 'صباح الخير يا أستاذة، هل يمكنك إعادة الشرح من فضلك؟'],
  ['s1', 'Is the discriminant always positive here, or only when both roots are real? I got 49 for the second one 🙂'],
  ['s4', '我算出来是 x = 3 👍'],
  ['s0', 'Exactly. Page 42, exercises 3 to 7.'],
].map(([from, text], index) => ({
  v: 1,
  type: 'chat.message',
  at: NOW - 60_000 + index * 1000,
  id: `c${index}`,
  from: from ?? '',
  name: NAMES[Number(from?.slice(1))] ?? '',
  text: text ?? '',
}))

export const CAPTION: readonly Signal[] = [
  {
    v: 1,
    type: 'caption',
    at: NOW - 500,
    id: 'cap',
    from: 's0',
    text: 'So the two solutions are where the parabola crosses the x axis, and the vertex lies exactly between them.',
    durationMs: 60_000,
  },
]
