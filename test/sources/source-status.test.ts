import { describe, expect, test } from 'vitest'
import { CONNECT_PATIENCE_MS, SourceStatus, TROUBLE_MS } from '../../recorder-page/sources/driver/source-status.ts'
import { AppError } from '../../src/protocol/app-error.ts'

const unreachable = new AppError('source.unreachable', 'unreachable')
const stalled = new AppError('source.stalled', 'stalled')
const refused = new AppError('source.refused', 'refused')

function watchedStatus() {
  const said: string[] = []
  const clock = { ms: 0 }
  const listener = {
    onState: (state: string, error: { code: string } | null) => void said.push(`${state} ${error?.code}`),
  }
  return { said, clock, status: new SourceStatus(listener, () => clock.ms) }
}

describe('the state of a source', () => {
  test('is live with the first picture and says so once', () => {
    const { said, status } = watchedStatus()
    expect(status.state).toBe('connecting')
    status.picture()
    status.picture()
    expect(said).toEqual(['live undefined'])
  })

  test('shows the reason of a stall as soon as one is known', () => {
    const { said, status } = watchedStatus()
    status.picture()
    status.noPicture()
    expect(status.trouble(unreachable)).toBe(true)
    status.picture()
    expect(said).toEqual(['live undefined', 'stalled source.stalled', 'stalled source.unreachable', 'live undefined'])
  })

  test('keeps trouble to itself while pictures still come from what is buffered', () => {
    const { said, status } = watchedStatus()
    status.picture()
    status.trouble(refused)
    status.picture()
    expect(said).toEqual(['live undefined'])
    status.noPicture()
    expect(said.at(-1)).toBe('failed source.refused')
  })

  test('forgets trouble that is too old to explain a stall', () => {
    const { said, clock, status } = watchedStatus()
    clock.ms = 1
    status.picture()
    status.trouble(unreachable)
    clock.ms += TROUBLE_MS
    status.noPicture()
    expect(said.at(-1)).toBe('stalled source.stalled')
  })

  test('does not replace a reason by the bare fact that nothing comes', () => {
    const { said, status } = watchedStatus()
    status.picture()
    status.trouble(unreachable)
    expect(status.trouble(stalled)).toBe(false)
    status.noPicture()
    expect(said.at(-1)).toBe('stalled source.unreachable')
  })

  test('calls the same trouble news only once', () => {
    const { status } = watchedStatus()
    expect([status.trouble(unreachable), status.trouble(unreachable), status.trouble(refused)]).toEqual([
      true,
      false,
      true,
    ])
  })

  test('fails at once when a source that never was live is refused', () => {
    const { said, status } = watchedStatus()
    status.trouble(refused)
    expect(said).toEqual(['failed source.refused'])
    status.picture()
    expect(status.state).toBe('live')
  })

  test('gives a start some time before it says why there is no picture', () => {
    const { said, clock, status } = watchedStatus()
    status.trouble(unreachable)
    status.noPicture()
    expect(said).toEqual([])
    clock.ms = CONNECT_PATIENCE_MS
    status.trouble(unreachable)
    status.noPicture()
    expect(said).toEqual(['stalled source.unreachable'])
  })

  test('stays ended without pictures', () => {
    const { said, status } = watchedStatus()
    status.picture()
    status.end()
    status.noPicture()
    expect(said.at(-1)).toBe('ended undefined')
  })

  test('says nothing after it was closed', () => {
    const { said, status } = watchedStatus()
    status.close()
    status.picture()
    expect(said).toEqual([])
  })
})
