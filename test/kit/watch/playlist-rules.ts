import { parse, setOptions, type types } from 'hls-parser'

setOptions({ strictMode: true, silent: true })

type MediaPlaylist = types.MediaPlaylist

/** PROGRAM-DATE-TIME has milliseconds, EXTINF more: two roundings between two segments, and one for the float. */
const DATE_TOLERANCE_MS = 2

/** A playlist as an independent parser understands it, and what it breaks of RFC 8216 taken by itself. */
export interface ParsedPlaylist {
  readonly playlist: MediaPlaylist | undefined
  readonly faults: readonly string[]
}

/** Parses and checks one version of a media playlist of ours: RFC 8216 §4.3, and a date on every segment. */
export function parsePlaylist(text: string): ParsedPlaylist {
  try {
    const playlist = parse(text)
    if (playlist.isMasterPlaylist) return { playlist: undefined, faults: ['it is a multivariant playlist'] }
    return { playlist, faults: [...headFaults(playlist, text), ...segmentFaults(playlist)] }
  } catch (error) {
    return { playlist: undefined, faults: [`hls-parser refuses it: ${error}`] }
  }
}

function headFaults(playlist: MediaPlaylist, text: string): string[] {
  const gap = playlist.segments.some((segment) => segment.gap)
  const needed = gap ? 8 : playlist.segments.some((segment) => !Number.isInteger(segment.duration)) ? 3 : 1
  return [
    ...(text.endsWith('\n') ? [] : ['its last line is not ended, as in a half-written file']),
    ...(playlist.independentSegments ? [] : ['EXT-X-INDEPENDENT-SEGMENTS is missing']),
    ...((playlist.version ?? 1) >= needed ? [] : [`version ${playlist.version} is lower than ${needed} (§7)`]),
    ...(playlist.playlistType === 'VOD' && !playlist.endlist ? ['a VOD playlist has no ENDLIST'] : []),
  ]
}

function segmentFaults({ segments, targetDuration }: MediaPlaylist): string[] {
  return segments.flatMap((segment, i) => {
    const faults: string[] = []
    const before = segments[i - 1]
    if (Math.round(segment.duration) > targetDuration) faults.push(`is ${segment.duration} s, target ${targetDuration}`)
    if (!segment.programDateTime) faults.push('has no PROGRAM-DATE-TIME')
    else if (before?.programDateTime && !segment.discontinuity) {
      const due = before.programDateTime.getTime() + before.duration * 1000
      const offMs = segment.programDateTime.getTime() - due
      if (Math.abs(offMs) > DATE_TOLERANCE_MS)
        faults.push(`is ${offMs.toFixed(1)} ms away from the end of the one before`)
    }
    return faults.map((fault) => `segment ${segment.uri} ${fault}`)
  })
}

/** What a reload may not change: RFC 8216 §6.2.1 and, for EVENT, §4.3.3.5. */
export function updateFaults(before: MediaPlaylist, after: MediaPlaylist): string[] {
  const faults: string[] = []
  const firstBefore = before.mediaSequenceBase ?? 0
  const firstAfter = after.mediaSequenceBase ?? 0
  if (after.targetDuration !== before.targetDuration) faults.push('TARGETDURATION changed')
  if (firstAfter < firstBefore) faults.push(`MEDIA-SEQUENCE went back from ${firstBefore} to ${firstAfter}`)
  if (before.endlist && !after.endlist) faults.push('ENDLIST was taken back')
  if (before.playlistType === 'EVENT' && firstAfter !== firstBefore) faults.push('an EVENT playlist lost segments')
  if (after.segments.length + firstAfter < before.segments.length + firstBefore)
    faults.push('the newest segments are gone')
  for (const segment of after.segments) {
    const old = before.segments[segment.mediaSequenceNumber - firstBefore]
    if (old && describe(old) !== describe(segment)) faults.push(`segment ${old.uri} became ${describe(segment)}`)
  }
  return faults
}

function describe(segment: types.Segment): string {
  const { uri, duration, programDateTime, discontinuitySequence, gap } = segment
  return [uri, duration, programDateTime?.toISOString(), discontinuitySequence, gap ?? false].join(' ')
}
