import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as HLS from 'hls-parser'
import { PCR_LEAD_SEC } from '../../src/recorder/segments/ts-continuity.ts'

const run = promisify(execFile)

/** What a recording's folder holds, as independent tools see it. */
export interface CheckedRecording {
  readonly index: HLS.types.MediaPlaylist
  readonly live: HLS.types.MediaPlaylist
  /** What `ffmpeg -v warning` says while it decodes the whole index. */
  readonly warnings: string
  /** Media times of all video packets of each segment, seconds: their timestamps less the clock's lead. */
  readonly pictures: readonly (readonly number[])[]
  readonly manifest: Record<string, unknown>
}

export async function checkRecording(folder: string): Promise<CheckedRecording> {
  const index = parse(await readFile(join(folder, 'index.m3u8'), 'utf8'))
  const live = parse(await readFile(join(folder, 'live.m3u8'), 'utf8'))
  const { stderr } = await run('ffmpeg', [
    '-nostdin',
    '-v',
    'warning',
    '-i',
    join(folder, 'index.m3u8'),
    '-f',
    'null',
    '-',
  ])
  const pictures: number[][] = []
  for (const segment of index.segments) pictures.push(await videoTimes(join(folder, segment.uri)))
  const manifest = JSON.parse(await readFile(join(folder, 'recording.json'), 'utf8')) as Record<string, unknown>
  return { index, live, warnings: stderr, pictures, manifest }
}

/** The PIDs of the first packets with a payload, and the NAL unit types that a segment begins with, read from its bytes (ISO/IEC 13818-1 §2.4.3). */
export async function readBeginning(
  path: string,
): Promise<{ readonly pids: readonly number[]; readonly nalTypes: readonly number[] }> {
  const bytes = await readFile(path)
  const packets = Array.from({ length: 4 }, (_, i) => bytes.subarray(i * 188, (i + 1) * 188))
  const withPayload = packets.filter((packet) => (packet.readUInt8(3) & 0x10) !== 0)
  const pids = withPayload.map((packet) => packet.readUInt16BE(1) & 0x1fff)
  return { pids, nalTypes: nalTypesOf(withPayload[2] ?? Buffer.of()) }
}

/** The types of the NAL units that begin in these bytes (ITU-T H.264 §7.4.1); a PES start code is none. */
function nalTypesOf(bytes: Buffer): readonly number[] {
  const types: number[] = []
  const startCode = Buffer.of(0, 0, 1)
  for (let at = bytes.indexOf(startCode); at !== -1; at = bytes.indexOf(startCode, at + 3)) {
    const header = bytes[at + 3] ?? 0x80
    if (header < 0x80) types.push(header & 0x1f)
  }
  return types
}

function parse(text: string): HLS.types.MediaPlaylist {
  return HLS.parse(text) as HLS.types.MediaPlaylist
}

/** Media times of the video packets of a segment, seconds: their timestamps less the clock's lead. */
export async function videoTimes(path: string): Promise<number[]> {
  const select = ['-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0']
  const { stdout } = await run('ffprobe', ['-v', 'error', ...select, path])
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Number.parseFloat(line) - PCR_LEAD_SEC)
}
