/** What a decoder needs to know of a stream. Two with the same `key` can be decoded by one decoder without a restart. */
export type StreamConfig =
  | { readonly kind: 'video'; readonly key: string; readonly decoder: VideoDecoderConfig }
  | { readonly kind: 'audio'; readonly key: string; readonly decoder: AudioDecoderConfig }

export type MediaKind = StreamConfig['kind']

/** Which stretch of the stream a sample is of, and by how much its times were moved to continue what is played. */
export interface SampleOrigin {
  /** Counts discontinuities. */
  readonly stretch: number
  readonly shiftSec: number
}

/** One encoded picture, or one frame of sound, on the time line of its player. */
export interface Sample {
  readonly config: StreamConfig
  readonly dtsSec: number
  readonly ptsSec: number
  readonly durationSec: number
  /** Decoding can begin here. */
  readonly isKey: boolean
  readonly data: Uint8Array
  readonly origin: SampleOrigin
}
