import { describe, expect, it } from 'vitest'
import { createOutboundPolicy } from '../../../src/outbound/index.ts'
import type { AppError, BoardElement, BoardOp, Signal } from '../../../src/protocol/index.ts'
import { checkBoardImages } from '../../../src/recorder/room/board-images.ts'
import { RoomReducer } from '../../../src/room/index.ts'

const PUBLIC = 'https://pictures.example/map.png'
const INNER = 'http://inner.example/admin.png'
const METADATA = 'http://169.254.169.254/latest'
const DATA = 'data:image/png;base64,AAAA'
/** Longer than the check waits for a name, with room for a busy machine. */
const DEAD_NAME_MS = 6_000

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'pictures.example': ['203.0.114.7'],
  'inner.example': ['192.168.1.10'],
}

function open({ allow = [] as readonly string[] } = {}) {
  const delivered: Signal[][] = []
  const refused: AppError[] = []
  const asked: string[] = []
  const resolve = async (host: string): Promise<readonly string[]> => {
    asked.push(host)
    if (host === 'dead.example') await new Promise(() => {})
    return NAMES[host] ?? []
  }
  let wake = Promise.withResolvers<void>()
  const pass = checkBoardImages({
    policy: createOutboundPolicy({ allowPrivateHosts: allow, resolve }),
    deliver(signals) {
      delivered.push([...signals])
      wake.resolve()
      wake = Promise.withResolvers()
    },
    onRefused: (error) => refused.push(error),
  })
  return {
    pass,
    delivered,
    refused,
    asked,
    /** Resolves when so many batches were delivered. */
    async batches(count: number) {
      while (delivered.length < count) await wake.promise
      return delivered
    },
  }
}

let at = 1000
const image = (id: string, url: string, version = 1): BoardElement => ({
  kind: 'image',
  ...{ id, url, version, nonce: 7, x: 0, y: 0, width: 100, height: 100 },
})
const op = (change: BoardOp): Signal => ({ v: 1, type: 'board.op', at: at++, page: 'one', op: change })
const put = (element: BoardElement): Signal => op({ action: 'put', element })
const snapshot = (...elements: BoardElement[]): Signal => ({
  ...{ v: 1, type: 'board.snapshot', at: at++, pages: [{ id: 'one', elements }] },
})
const chat = (text: string): Signal => ({ v: 1, type: 'chat.message', at: at++, text })

/** What a board shows after these signals, as the page would draw it. */
function shown(signals: readonly Signal[]): string[] {
  const reducer = new RoomReducer()
  reducer.apply(signals)
  return [...(reducer.room.board.pages.get('one')?.elements.keys() ?? [])]
}

describe('the images of the whiteboard', () => {
  it('pass when they are public, allowed, or in the signal itself', async () => {
    const { pass, batches, refused } = open({ allow: ['192.168.0.0/16'] })
    const signals = [put(image('a', PUBLIC)), put(image('b', INNER)), snapshot(image('c', DATA), image('d', PUBLIC))]
    pass(signals)
    expect(await batches(1)).toEqual([signals])
    expect(refused).toEqual([])
  })

  it('are left out of a snapshot when their address is private, and the rest of it stays', async () => {
    const { pass, batches, refused } = open()
    const text: BoardElement = { kind: 'text', id: 't', version: 1, nonce: 1, x: 0, y: 0, text: INNER }
    pass([snapshot(image('a', PUBLIC), image('b', INNER), text, image('c', METADATA))])
    const [signals] = await batches(1)
    expect(shown(signals ?? [])).toEqual(['a', 't'])
    expect(refused.map(({ code }) => code)).toEqual(['url.private-address', 'url.private-address'])
  })

  it('take what they were to replace away with them', async () => {
    const { pass, batches } = open()
    pass([put(image('a', PUBLIC)), put(image('a', METADATA, 2)), put(image('b', PUBLIC))])
    const [signals] = await batches(1)
    expect(signals?.[1]).toMatchObject({ op: { action: 'delete', id: 'a', version: 2, nonce: 7 } })
    expect(shown(signals ?? [])).toEqual(['b'])
  })

  it.each([
    ['url.invalid', 'file:///etc/passwd'],
    ['url.invalid', 'data:text/html,hello'],
    ['url.invalid', '/control'],
    ['url.invalid', 'https://user:secret@pictures.example/a.png'],
    ['url.private-address', 'http://127.0.0.1:9222/json'],
    ['url.private-address', 'http://[::1]/'],
    ['url.unresolvable', 'https://nowhere.example/a.png'],
  ])('are refused with %s for %s', async (code, url) => {
    const { pass, batches, refused } = open()
    pass([put(image('a', url))])
    expect(shown((await batches(1))[0] ?? [])).toEqual([])
    expect(refused.map((error) => error.code)).toEqual([code])
    expect(refused[0]?.message).toContain('/element/url')
    expect(refused[0]?.message).not.toContain('secret')
  })
})

it('tells of a refused URL once, and asks for an address once', async () => {
  const { pass, batches, refused, asked } = open()
  for (const version of [1, 2, 3]) pass([put(image('a', INNER, version)), put(image('b', PUBLIC, version))])
  pass([snapshot(image('c', INNER))])
  await batches(4)
  expect(refused).toHaveLength(1)
  expect(refused[0]?.message).toMatch(/^A whiteboard image is left out\. .*inner\.example.*PANOREC_ALLOW_PRIVATE_HOSTS/)
  expect(asked.sort()).toEqual(['inner.example', 'pictures.example'])
})

it('passes signals without images on at once', () => {
  const { pass, delivered } = open()
  const signals = [chat('hello'), put(image('a', DATA)), op({ action: 'delete', id: 'b', version: 1, nonce: 1 })]
  pass(signals)
  expect(delivered).toEqual([signals])
})

it('passes signals that it does not know on as they are', () => {
  const { pass, delivered } = open()
  const op = { action: 'put', element: { kind: 'image', url: INNER } }
  const signal: Signal = { v: 1, type: 'board.picture', at: 1, ...{ op } }
  pass([signal])
  expect(delivered).toEqual([[signal]])
})

it('keeps the order, and lets a name that does not resolve hold signals up for two seconds only', async () => {
  const { pass, batches, delivered, refused } = open()
  const began = performance.now()
  pass([put(image('a', 'https://dead.example/a.png'))])
  pass([chat('behind it')])
  pass([put(image('b', PUBLIC))])
  expect(delivered).toEqual([])
  const signals = (await batches(3)).flat()
  expect(performance.now() - began).toBeLessThan(DEAD_NAME_MS)
  expect(signals.map(({ type }) => type)).toEqual(['board.op', 'chat.message', 'board.op'])
  expect(shown(signals)).toEqual(['b'])
  expect(refused.map(({ code }) => code)).toEqual(['url.unresolvable'])
  pass([chat('after it')])
  expect(delivered).toHaveLength(4)
})
