import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SegmentStore } from '../../src/store/segment-store.ts'

const run = promisify(execFile)
const INPUT = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25:d=6', '-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=6']
const VIDEO = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-sc_threshold', '0']

/** Puts six seconds of a moving picture with sound into a store, as an ended recording of three segments. */
export async function storeTinyRecording(store: SegmentStore, id: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-console-'))
  try {
    const hls = [
      '-f',
      'hls',
      '-hls_time',
      '2',
      '-hls_playlist_type',
      'vod',
      '-hls_flags',
      'program_date_time+independent_segments',
    ]
    const names = [
      '-hls_base_url',
      'takes/1/',
      '-hls_segment_filename',
      join(folder, '%d.ts'),
      join(folder, 'index.m3u8'),
    ]
    await run('ffmpeg', ['-v', 'error', '-nostdin', ...INPUT, ...VIDEO, '-c:a', 'aac', ...hls, ...names])
    for (const name of await readdir(folder)) {
      await store.putFile(name.endsWith('.ts') ? `${id}/takes/1/${name}` : `${id}/${name}`, join(folder, name))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Puts the same into a store as one file. */
export async function storeTinyClip(store: SegmentStore, key: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-console-'))
  try {
    const path = join(folder, 'clip.mp4')
    await run('ffmpeg', ['-v', 'error', '-nostdin', ...INPUT, ...VIDEO, '-c:a', 'aac', path])
    await store.putFile(key, path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
