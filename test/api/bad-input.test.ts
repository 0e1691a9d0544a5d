import { afterAll, beforeAll, expect, test } from 'vitest'
import { ERRORS, isErrorCode, type Problem } from '../../src/protocol/index.ts'
import answers from './bad-answers.json' with { type: 'json' }
import { BAD_REQUESTS } from './bad-requests.ts'
import { openApp, TRACE_ID, TRACED } from './open-app.ts'

/** What differs from row to row; the rest of a problem follows from its code and the request. */
type Answer = Pick<Problem, 'status' | 'code' | 'detail' | 'field' | 'received' | 'allowed'>
const ANSWERS: Readonly<Record<string, Answer>> = answers
const FIRST = { sources: [{ id: 'a', type: 'hls', url: 'https://live.example.com/a.m3u8' }] }

let api: Awaited<ReturnType<typeof openApp>>
beforeAll(async () => {
  api = await openApp()
  await api.app.inject({ method: 'POST', url: '/v1/recordings', payload: FIRST })
})
afterAll(() => api?.[Symbol.asyncDispose]())

test('there are at least forty wrong requests, and an answer for each', () => {
  expect(Object.keys(BAD_REQUESTS).length).toBeGreaterThanOrEqual(40)
  expect(Object.keys(ANSWERS)).toEqual(Object.keys(BAD_REQUESTS))
})

test.each(Object.entries(BAD_REQUESTS))('%s is answered exactly', async (name, request) => {
  const response = await api.app.inject({ ...request, headers: { ...TRACED, ...request.headers } })
  const answer = ANSWERS[name]
  const code = isErrorCode(answer?.code) ? answer.code : 'internal'
  expect(response.json()).toEqual({
    type: `/docs/errors#${code}`,
    title: ERRORS[code].title,
    instance: String(request.url).split('?')[0],
    traceId: TRACE_ID,
    ...answer,
  })
  expect(response.statusCode).toBe(ERRORS[code].status)
  expect(response.headers['content-type']).toBe('application/problem+json')
  expect(api.recordings.started).toBe(1)
})
