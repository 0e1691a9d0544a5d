import {
  ALL_FORMATS,
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  UrlSource,
} from 'mediabunny'
import { delay } from '../../../src/timing/index.ts'
import { DecodeOrder } from './decode-order.ts'
import type { DecodedPlayer } from './decoded-player.ts'
import type { MediaKind, Sample, StreamConfig } from './sample.ts'

/** So much of a file is read ahead, and kept behind. */
const AHEAD_SEC = 3
const BACK_SEC = 2
const FILLED_WAIT_MS = 100
/** Sound begins so much earlier: its frames overlap, so the first one that is heard needs one before it. */
const SOUND_LEAD_SEC = 0.1
/** What a file is kept of, of any length. */
const CACHE_BYTES = 8 * 2 ** 20

interface FileTrack {
  readonly config: StreamConfig
  readonly sink: EncodedPacketSink
}

interface Lane extends FileTrack {
  readonly packets: AsyncIterator<EncodedPacket>
  readonly order: DecodeOrder<EncodedPacket>
  /** Everything up to there is in the queue, seconds of the file. */
  untilSec: number
  isDone: boolean
}

/** A file that is read by mediabunny and put into a player's queues, a little ahead of what is played. */
export class FileReader implements Disposable {
  readonly durationSec: number
  readonly #input: Input
  readonly #tracks: readonly FileTrack[]

  private constructor(input: Input, tracks: readonly FileTrack[], durationSec: number) {
    this.#input = input
    this.#tracks = tracks
    this.durationSec = durationSec
  }

  /** Fails for a file that cannot be read, or when the signal is aborted; undefined for one without a track that is known. */
  static async open(url: string, signal: AbortSignal): Promise<FileReader | undefined> {
    const source = new UrlSource(url, { getRetryDelay: () => null, maxCacheSize: CACHE_BYTES })
    const input = new Input({ formats: ALL_FORMATS, source })
    const giveUp = (): void => input.dispose()
    signal.addEventListener('abort', giveUp)
    try {
      const found = await Promise.all([input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack()])
      const tracks = await Promise.all(found.flatMap((track) => (track === null ? [] : [openTrack(track)])))
      const known = tracks.filter((track) => track !== undefined)
      if (known.length > 0) return new FileReader(input, known, await input.computeDuration())
    } catch (error) {
      input.dispose()
      throw error
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
    input.dispose()
    return undefined
  }

  get configs(): readonly StreamConfig[] {
    return this.#tracks.map(({ config }) => config)
  }

  /**
   * Fills the queues from this time of the player on, until the signal is aborted: for ever with `isLoop`, whose turns follow each
   * other without a seam, else to the end of the file.
   */
  async fill(
    player: DecodedPlayer,
    { fromSec, isLoop, signal }: { readonly fromSec: number; readonly isLoop: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    player.setKinds(new Set(this.configs.map(({ kind }) => kind)))
    for (let turn = isLoop ? Math.floor(fromSec / this.durationSec) : 0; ; turn += 1) {
      const offsetSec = turn * this.durationSec
      await this.#fillTurn(player, { fromSec: Math.max(0, fromSec - offsetSec), offsetSec, signal })
      if (signal.aborted) return
      if (!isLoop) return player.setComplete(true)
    }
  }

  [Symbol.dispose](): void {
    this.#input.dispose()
  }

  async #fillTurn(
    player: DecodedPlayer,
    {
      fromSec,
      offsetSec,
      signal,
    }: { readonly fromSec: number; readonly offsetSec: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const lanes = await Promise.all(this.#tracks.map((track) => openLane(track, fromSec)))
    for (;;) {
      const [lane] = lanes.filter(({ isDone }) => !isDone).toSorted((a, b) => a.untilSec - b.untilSec)
      if (lane === undefined || signal.aborted) return
      if (lane.untilSec + offsetSec > player.clock.sec + AHEAD_SEC) {
        await delay(FILLED_WAIT_MS, { signal })
        continue
      }
      const { value: packet, done } = await lane.packets.next()
      if (signal.aborted) return
      lane.isDone = done === true
      const ready = done === true ? lane.order.end() : lane.order.add(packet)
      const queue = player.queues[lane.config.kind]
      queue.append(ready.map((placed) => sampleOf(placed, lane.config, offsetSec)))
      // A track may begin later than another, end earlier, or pause: nothing more comes there.
      const untilSec = done === true ? this.durationSec : (ready.at(-1)?.dtsSec ?? lane.untilSec)
      queue.cover(lane.untilSec + offsetSec, untilSec + offsetSec)
      lane.untilSec = Math.max(lane.untilSec, untilSec)
      queue.remove(Number.NEGATIVE_INFINITY, player.clock.sec - BACK_SEC)
    }
  }
}

async function openTrack(track: InputVideoTrack | InputAudioTrack): Promise<FileTrack | undefined> {
  const sink = new EncodedPacketSink(track)
  if (track.isVideoTrack()) {
    const [known, rotation, flip] = await Promise.all([track.getDecoderConfig(), track.getRotation(), track.getFlip()])
    // The film of a telephone says how it is to be turned; frames then say so too.
    const decoder = known === null ? null : { ...known, rotation, flip }
    return decoder === null ? undefined : { sink, config: { kind: 'video', key: decoder.codec, decoder } }
  }
  const decoder = await track.getDecoderConfig()
  return decoder === null ? undefined : { sink, config: { kind: 'audio', key: decoder.codec, decoder } }
}

async function openLane({ config, sink }: FileTrack, fromSec: number): Promise<Lane> {
  const beginSec = config.kind === 'audio' ? fromSec - SOUND_LEAD_SEC : fromSec
  const first = (await sink.getKeyPacket(beginSec)) ?? (await sink.getFirstPacket())
  const packets = sink.packets(first ?? undefined)
  return {
    config,
    sink,
    packets,
    order: new DecodeOrder<EncodedPacket>(reorders(config.kind)),
    untilSec: fromSec,
    isDone: false,
  }
}

function reorders(kind: MediaKind): number {
  return kind === 'video' ? 16 : 0
}

function sampleOf(
  { packet, dtsSec }: { readonly packet: EncodedPacket; readonly dtsSec: number },
  config: StreamConfig,
  offsetSec: number,
): Sample {
  return {
    config,
    dtsSec: dtsSec + offsetSec,
    ptsSec: packet.timestamp + offsetSec,
    durationSec: packet.duration,
    isKey: packet.type === 'key',
    data: packet.data,
    origin: { stretch: 0, shiftSec: 0 },
  }
}
