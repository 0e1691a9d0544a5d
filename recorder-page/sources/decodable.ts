import type { SourcePlayer } from '../../src/protocol/page-link.ts'
import type { HlsSource, SourceSpec, VideoSource } from '../../src/protocol/sources.ts'

/** A source that decoders of ours can play; which of its codecs they know shows when it is opened. */
export type DecodableSource = HlsSource | VideoSource

export function isDecodable(source: SourceSpec, player: SourcePlayer): source is DecodableSource {
  return player === 'decoders' && source.type !== 'whep'
}
