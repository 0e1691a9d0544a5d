import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClipperEvent } from '../../src/protocol/index.ts'
import { openStore } from '../../src/store/index.ts'
import { readFilm } from '../kit/index.ts'
import { type S3Server, startS3Server } from '../kit/servers/s3.ts'
import { openClipBench, RECORDING } from './clip-call.ts'
import { PATTERN, SIZE } from './pattern-recording.ts'

const CLIPPER = fileURLToPath(new URL('../../dist/functions/clipper.js', import.meta.url))
const BUCKET = 'clips'
const START_MS = 1_795_000_000_000
/** The server's package is installed once on a machine. */
const SERVER_MS = 120_000
let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
  await server.createBucket(BUCKET)
}, SERVER_MS)
afterAll(() => server?.[Symbol.asyncDispose]())

test('the clip function cuts a clip out of a bucket and stores it there', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = server
  const location = { kind: 's3', bucket: BUCKET, prefix: 'school', endpoint, region, forcePathStyle: true } as const
  const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  using _keys = withEnvironment(keys)
  await using bench = await openClipBench([{ take: 1, startMs: START_MS, firstFrame: 0, endFrame: 250 }])
  await using bucket = await openStore(location)
  for (const { uri } of bench.segments) {
    const { body } = await bench.store.get(`${RECORDING}/${uri}`)
    await bucket.put(`${RECORDING}/${uri}`, new Uint8Array(await new Response(body).arrayBuffer()))
  }
  const request = bench.request({ fromMs: START_MS + 1320, toMs: START_MS + 5000 }, { store: location })
  const env = { PATH: process.env.PATH, TMPDIR: bench.root, ...keys }
  const clipper = fork(CLIPPER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env })
  const [answered, exited] = [once(clipper, 'message'), once(clipper, 'exit')]
  clipper.send({ type: 'clip', clip: request })
  const [event] = (await answered) as [ClipperEvent]
  await exited
  expect(event).toMatchObject({ type: 'clip', result: { frames: 92, durationSec: 3.68 } })
  const { body } = await bucket.get(`${RECORDING}/highlights/${request.highlightId}/clip.mp4`)
  const path = join(bench.root, 'from-the-bucket.mp4')
  await writeFile(path, new Uint8Array(await new Response(body).arrayBuffer()))
  const film = await readFilm({ input: path, size: SIZE, patterns: [PATTERN] })
  expect(film.pictures.map(({ value }) => value.sources[0]?.counter)).toEqual(
    Array.from({ length: 92 }, (_, i) => 33 + i),
  )
  for (const name of ['poster.jpg', 'preview.webp']) {
    expect(await bucket.head(`${RECORDING}/highlights/${request.highlightId}/${name}`)).toBeDefined()
  }
})

/** Sets variables of this process until it is disposed: the SDK finds keys nowhere else. */
function withEnvironment(variables: Readonly<Record<string, string>>): Disposable {
  Object.assign(process.env, variables)
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(variables)) delete process.env[name]
    },
  }
}
