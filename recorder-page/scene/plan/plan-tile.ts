import { isActiveSpeaker, type Participant, participantOfSource } from '../../../src/room/index.ts'
import type { Placement } from '../layout/index.ts'
import type { SceneInput, SceneSource } from './scene-input.ts'
import type { PlaceholderStatus, PlaceholderTile, SourceTile, TileMarks } from './scene-plan.ts'

/** How long the last frame of a source stays in the picture after it stopped being live. */
const KEEP_LAST_FRAME_MS = 2000
/** Loudness from which a voice counts as speaking: about -34 dBFS, above the noise of a room. */
const SPEAKING_LEVEL = 0.02

interface TileStyle {
  readonly radius: number
  readonly opacity: number
  readonly floating: boolean
}

/** Plans the tile of one source: its picture, or a placeholder with the reason why there is none. */
export function planSourceTile(
  placement: Extract<Placement, { kind: 'source' }>,
  input: SceneInput,
  style: TileStyle,
): SourceTile | PlaceholderTile {
  const source = input.sources.find(({ id }) => id === placement.sourceId)
  const participant = participantOfSource(input.room, placement.sourceId)
  const name = source === undefined ? placement.sourceId : displayName(source, participant)
  const marks = planMarks(source, participant, input)
  const base = {
    ...style,
    key: `source/${placement.sourceId}`,
    sourceId: placement.sourceId,
    rect: placement.rect,
    restingRect: placement.rect,
    label: input.layout.labels === false ? null : name,
    marks,
    ring: marks.speaking ? 1 : 0,
  }
  const status = placeholderStatus(source, participant, input.nowMs)
  if (status !== null) return { ...base, kind: 'placeholder', name, status }
  return { ...base, kind: 'source', fit: placement.fit }
}

/** The operator's label, else the name the person goes by in the room, else the source's id. */
function displayName(source: Pick<SceneSource, 'id' | 'label'>, participant: Participant | undefined): string {
  return source.label !== source.id && source.label !== '' ? source.label : participant?.name || source.id
}

function planMarks(
  source: SceneSource | undefined,
  participant: Participant | undefined,
  { room }: SceneInput,
): TileMarks {
  const silent = source?.role === 'screen'
  const muted = !silent && (source?.muted === true || participant?.mutedAudio === true)
  const heard = (source?.level ?? 0) >= SPEAKING_LEVEL
  const named = source !== undefined && isActiveSpeaker(room, source.id)
  return {
    muted,
    hand: (participant?.handRaisedAt ?? null) !== null,
    speaking: !silent && !muted && (heard || named),
  }
}

function placeholderStatus(
  source: SceneSource | undefined,
  participant: Participant | undefined,
  nowMs: number,
): PlaceholderStatus | null {
  if (source === undefined) return 'waiting'
  if (participant?.mutedVideo === true && source.role !== 'screen') return 'camera-off'
  if (source.state === 'live') return source.hasFrame ? null : 'waiting'
  if (source.hasFrame && nowMs - source.stateSinceMs < KEEP_LAST_FRAME_MS) return null
  if (source.state === 'ended') return 'ended'
  return source.hasFrame || source.state === 'failed' ? 'reconnecting' : 'waiting'
}
