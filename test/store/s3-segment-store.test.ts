import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { type S3Server, startS3Server } from '../kit/s3.ts'
import { describeSegmentStore } from './conformance.ts'

const BUCKET = 'recordings'
let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
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
  const wanted = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, '0')}`)
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
