import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { openS3SegmentStore } from '../../src/store/s3-segment-store.ts'
import { FaultyProxy } from '../kit/servers/faulty-proxy.ts'
import { type S3Server, startS3Server } from '../kit/servers/s3.ts'
import { describeSegmentStore } from './conformance.ts'

const BUCKET = 'recordings'
/** So few keys in one answer of a list that a test can have more. */
const MAX_KEYS = 50
let server: S3Server
beforeAll(async () => {
  server = await startS3Server({ maxKeys: MAX_KEYS })
  await server.createBucket(BUCKET)
  process.env.AWS_ACCESS_KEY_ID = server.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey
}, 120_000)
afterAll(async () => {
  delete process.env.AWS_ACCESS_KEY_ID
  delete process.env.AWS_SECRET_ACCESS_KEY
  await server[Symbol.asyncDispose]()
})

const openBucket = (bucket: string, prefix: string = randomUUID()) =>
  openStore({ kind: 's3', bucket, prefix, endpoint: server.endpoint, region: server.region, forcePathStyle: true })

describeSegmentStore('a store in an S3 bucket', async () => {
  const store = await openBucket(BUCKET)
  return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
})

test('lists more objects than one answer of S3 holds', async () => {
  await using store = await openBucket(BUCKET)
  const wanted = Array.from({ length: 2 * MAX_KEYS + 5 }, (_, index) => `many/${String(index).padStart(4, '0')}`)
  for (let at = 0; at < wanted.length; at += 20) {
    await Promise.all(wanted.slice(at, at + 20).map((key) => store.put(key, new Uint8Array(1))))
  }
  const keys = []
  for await (const { key } of store.list('many/')) keys.push(key)
  expect(keys).toEqual(wanted)
}, 60_000)

test('says that the bucket is missing', async () => {
  await using store = await openBucket('nothing-here')
  await expect(store.check()).rejects.toMatchObject({ code: 'store.refused' })
  await expect(store.check()).rejects.toThrow(/bucket/)
})

test('says that the server is away, and that trying again may help', async () => {
  const location = {
    kind: 's3',
    bucket: BUCKET,
    prefix: '',
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
  } as const
  await using store = await openStore(location)
  await expect(store.check()).rejects.toMatchObject({ code: 'store.unavailable', retryable: true })
})

test('gives up a call that is taken and never answered, and the next one passes', async () => {
  const { hostname, port } = new URL(server.endpoint)
  await using proxy = await FaultyProxy.start({ host: hostname, port: Number(port) })
  const endpoint = proxy.over(server.endpoint)
  const { region } = server
  const location = { kind: 's3', bucket: BUCKET, prefix: randomUUID(), endpoint, region, forcePathStyle: true } as const
  await using store = openS3SegmentStore(location, { connectMs: 1_000, idleMs: 300, callMs: 5_000 })
  await store.put('before', new Uint8Array(1))
  proxy.setFault({ kind: 'silent' })
  const away = expect.objectContaining({ code: 'store.unavailable' })
  const listing = async () => {
    for await (const _ of store.list('')) return
  }
  const calls = [
    store.put('a', new Uint8Array(1)),
    store.get('before'),
    store.head('before'),
    listing(),
    store.delete('before'),
  ]
  expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: 'rejected', reason: away })))
  proxy.setFault(null)
  await store.put('a', new Uint8Array(1))
})

test('takes the region of the environment, and names the right one when S3 says that it is another', async () => {
  const signedFor: unknown[] = []
  const elsewhere = createServer((request, response) => {
    signedFor.push(/\/\d{8}\/([^/]+)\/s3\//.exec(request.headers.authorization ?? '')?.[1])
    response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-3' })
    response.end('<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>')
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  const location = { kind: 's3', bucket: BUCKET, prefix: '', endpoint } as const
  try {
    for (const region of ['eu-west-1', undefined]) {
      process.env.AWS_REGION = region ?? ''
      await using store = await openStore(location)
      await expect(store.put('a', new Uint8Array(1))).rejects.toMatchObject({
        code: 'store.refused',
        message: expect.stringMatching(/`eu-west-3`.*PANOREC_S3_REGION/),
      })
    }
  } finally {
    delete process.env.AWS_REGION
    elsewhere.closeAllConnections()
    await new Promise((resolve) => elsewhere.close(resolve))
  }
  expect([...new Set(signedFor)]).toEqual(['eu-west-1', 'us-east-1'])
})

test('asks for the encryption of the settings with every object, also with one of many parts', async () => {
  const asked: (readonly unknown[])[] = []
  const recorder = createServer((request, response) => {
    request.resume().on('end', () => {
      const { headers } = request
      const isBegin = request.method === 'POST' && request.url?.includes('uploads') === true
      if (request.method === 'PUT' && request.url?.includes('partNumber') !== true) asked.push(encryptionIn(headers))
      if (isBegin) asked.push(encryptionIn(headers))
      response.setHeader('etag', '"1"')
      response.end(request.method === 'POST' ? multipartAnswer(isBegin) : '')
    })
  })
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve))
  const { port } = recorder.address() as AddressInfo
  const encryption = { algorithm: 'aws:kms', keyId: 'key-1' } as const
  const endpoint = `http://127.0.0.1:${port}`
  const folder = await mkdtemp(join(tmpdir(), 'panorec-sse-'))
  try {
    await using store = await openStore({
      kind: 's3',
      bucket: BUCKET,
      prefix: '',
      endpoint,
      region: 'us-east-1',
      encryption,
    })
    await store.put('a', new Uint8Array(1))
    await writeFile(join(folder, 'large'), new Uint8Array(17 * 1024 * 1024))
    await store.putFile('b', join(folder, 'large'))
  } finally {
    await rm(folder, { recursive: true })
    recorder.closeAllConnections()
    await new Promise((resolve) => recorder.close(resolve))
  }
  expect(asked).toEqual([
    ['aws:kms', 'key-1'],
    ['aws:kms', 'key-1'],
  ])
})

function encryptionIn(headers: IncomingHttpHeaders): readonly unknown[] {
  return [headers['x-amz-server-side-encryption'], headers['x-amz-server-side-encryption-aws-kms-key-id']]
}

function multipartAnswer(isBegin: boolean): string {
  const name = isBegin ? 'InitiateMultipartUploadResult' : 'CompleteMultipartUploadResult'
  return `<${name}><Bucket>${BUCKET}</Bucket><Key>b</Key><UploadId>1</UploadId><ETag>"1"</ETag></${name}>`
}
