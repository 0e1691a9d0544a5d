import { pipeline, type Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'

/** Below this the header of gzip and a packet of the network outweigh what is saved. */
const MIN_BYTES = 1000

/** True when an answer of so many bytes is worth compressing for a client with this `Accept-Encoding` (RFC 9110 §12.5.3). */
export function isWorthGzip(acceptEncoding: string | string[] | undefined, size: number): boolean {
  return size >= MIN_BYTES && acceptsGzip([acceptEncoding ?? ''].flat().join(','))
}

function acceptsGzip(header: string): boolean {
  const offers = new Map<string, boolean>()
  for (const offer of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = offer.split(';').map((part) => part.trim())
    offers.set(coding, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
  }
  return offers.get('gzip') ?? offers.get('*') ?? false
}

/** The bytes compressed, at the level that costs least: a playlist shrinks to a twelfth by any. An error ends it with that error. */
export function gzipped(body: Readable): Readable {
  return pipeline(body, createGzip({ level: constants.Z_BEST_SPEED }), () => undefined)
}
