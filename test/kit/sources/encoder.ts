import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../service/child.ts'

export const PLAYLIST_NAME = 'live.m3u8'
/** An encoder that has no segment after this time will never have one: it needs one segment duration plus 0.2 s. */
const READY_TIMEOUT_MS = 30_000
const POLL_MS = 50

export interface LiveMedia {
  /** An MP4 that is sent as it is (H.264 with a key frame each second, AAC); without it a test picture is encoded. */
  readonly clip?: string
  /** Starts this far into the clip, seconds; a whole second, where a key frame is. */
  readonly fromSec?: number
}
export interface LiveEncoding {
  readonly segmentSec: number
  readonly listSize: number
  readonly format: 'ts' | 'fmp4'
}

/** `append` goes on with the media sequence after a discontinuity; `fresh` begins again at 0, as a naive encoder does. */
export type EncoderStart = 'append' | 'fresh'

function mediaArguments(media: LiveMedia, segmentSec: number): string[] {
  if (media.clip) return ['-re', '-ss', String(media.fromSec ?? 0), '-i', media.clip, '-c', 'copy']
  const gop = String(25 * segmentSec)
  return [
    ...['-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25'],
    ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:beep_factor=4', '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'main', '-b:v', '800k'],
    ...['-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
  ]
}

/** FFmpeg's arguments for a rolling live playlist; an orderly end writes ENDLIST, a kill does not. */
export function buildLiveArguments(dir: string, start: EncoderStart, media: LiveMedia, live: LiveEncoding): string[] {
  const fmp4 = live.format === 'fmp4'
  const flags = ['delete_segments', 'program_date_time', 'independent_segments', 'temp_file']
  if (start === 'append') flags.push('append_list', 'discont_start')
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', ...mediaArguments(media, live.segmentSec)],
    ...['-f', 'hls', '-hls_time', String(live.segmentSec), '-hls_list_size', String(live.listSize)],
    ...['-hls_flags', flags.join('+')],
    ...(fmp4 ? ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'] : []),
    ...['-hls_segment_filename', join(dir, fmp4 ? 's%05d.m4s' : 's%05d.ts'), join(dir, PLAYLIST_NAME)],
  ]
}

/** The playlist's text; empty while there is none. */
export async function readPlaylist(dir: string): Promise<string> {
  return await readFile(join(dir, PLAYLIST_NAME), 'utf8').catch(() => '')
}

/** Resolves when the playlist is as asked; rejects when the encoder ends before that, with its last words. */
export async function waitForPlaylist(
  dir: string,
  encoder: Child,
  isReady: (playlist: string) => boolean,
): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < deadline && encoder.running) {
    if (isReady(await readPlaylist(dir))) return
    await sleep(POLL_MS)
  }
  throw new Error(`the encoder did not write the playlist that was waited for: ${encoder.stderr}`)
}

export function countSegments(playlist: string): number {
  return (playlist.match(/#EXTINF/g) ?? []).length
}
