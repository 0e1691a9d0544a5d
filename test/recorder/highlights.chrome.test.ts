import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'vitest'
import type { HighlightRule, RecorderEvent, RecorderRequest } from '../../src/protocol/index.ts'
import { PCR_LEAD_SEC } from '../../src/recorder/segments/ts-continuity.ts'
import { openClassroom } from '../hub/open-room.ts'
import { cacheDir, cached, decodeSound, FileServer, runFfmpeg } from '../kit/index.ts'
import { buildRequest, makeFolders, REAL_PAGE, type RecorderRun, startRecorder } from './recorder-run.ts'
import { checkRecording } from './recording-check.ts'

const TEST_TIMEOUT_MS = 120_000
const FRAME_MS = 40
/** Without the cut a moment would be stored at the end of this. */
const SEGMENT_SEC = 10
/** From a signal's way into the hub to its moment in the store: sound, mux and two file writes, on a shared machine. */
const STORED_WITHIN_MS = 4_000
/** From the signal to the trigger: three processes of a shared machine. */
const TRIGGERED_WITHIN_MS = 3_000

test.concurrent(
  'signals of the room trigger, the moment is stored at once, and the clip ends at a border',
  async ({ expect }) => {
    await using folders = await makeFolders()
    await using classroom = await openClassroom({ clock: Date.now })
    await using amy = await classroom.seat('amy')
    amy.send({ v: 1, type: 'participant.joined', name: 'Amy Li' })
    amy.send({ v: 1, type: 'highlight', label: 'before the recording' })
    await amy.take(2)
    await sleep(2)
    const rules: HighlightRule[] = [
      { type: 'hand', cooldownSec: 0, postSec: 1 },
      { type: 'chat-burst', messages: 4, withinSec: 5, postSec: 1.5 },
    ]
    const request = buildRequest(folders, {
      segmentSec: SEGMENT_SEC,
      highlights: { preSec: 5, postSec: 2, rules },
      signalling: listen(classroom),
    })
    amy.send({ v: 1, type: 'highlight', label: 'no recorder yet' })
    await amy.next()
    const run = startRecorder(request, REAL_PAGE)
    await run.event('started')
    await sleep(1_500)

    amy.send({ v: 1, type: 'highlight', label: 'Wow' })
    const wow = await amy.next()
    const sentMs = Date.now()
    expect(await run.event('trigger', 2)).toMatchObject({ key: `amy ${wow.id}`, label: 'Wow', by: 'Amy Li' })
    expect(Date.now() - sentMs).toBeLessThan(TRIGGERED_WITHIN_MS)
    await storedAt(run, wow.at)
    expect(Date.now() - sentMs).toBeLessThan(STORED_WITHIN_MS)
    await storedAt(run, wow.at + 2_000)
    amy.send({ v: 1, type: 'hand.raised' })
    await storedAt(run, Date.parse((await run.event('trigger', 3)).at) + 1_000)
    for (let i = 0; i < 5; i++) amy.send({ v: 1, type: 'chat.message', text: `${i}` })
    await storedAt(run, Date.parse((await run.event('trigger', 4)).at) + 1_500)
    await run.order({ type: 'stop' })
    await run.done

    const triggers = triggersOf(run)
    expect(
      triggers.map(({ trigger, rule, label, by, preSec, postSec }) => [trigger, rule, label, by, preSec, postSec]),
    ).toEqual([
      ['signal', null, 'no recorder yet', 'Amy Li', 5, 2],
      ['signal', null, 'Wow', 'Amy Li', 5, 2],
      ['rule', 'hand', 'Hand raised: Amy Li', 'Amy Li', 5, 1],
      ['rule', 'chat-burst', 'Lively chat', null, 5, 1.5],
    ])
    const { index, warnings } = await checkRecording(join(folders.storePath, request.recordingId))
    expect(warnings).toBe('')
    const borders = index.segments.map(({ programDateTime }) => programDateTime?.getTime() ?? 0)
    for (const { at, postSec } of triggers.slice(1)) {
      const endMs = Date.parse(at) + postSec * 1000
      const next = borders.find((border) => border >= endMs) ?? Number.POSITIVE_INFINITY
      expect(next - endMs).toBeLessThan(FRAME_MS)
    }
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'applause triggers, at its beginning; steady speech does not',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const clip = await makeApplauseClip()
    await using server = await FileServer.start(cacheDir())
    const source = { id: 'hall', type: 'video', url: server.url(clip.slice(cacheDir().length + 1)) } as const
    const rules: HighlightRule[] = [{ type: 'loudness', cooldownSec: 0, preSec: 3, postSec: 1 }]
    const highlights: RecorderRequest['highlights'] = { preSec: 20, postSec: 10, rules }
    const run = startRecorder(buildRequest(folders, { sources: [source], highlights }), REAL_PAGE)
    const applause = await run.event('trigger')
    await storedAt(run, Date.parse(applause.at) + 3_000)
    await run.order({ type: 'stop' })
    await run.done

    expect(triggersOf(run)).toMatchObject([
      { trigger: 'rule', rule: 'loudness', label: 'Applause or laughter', preSec: 3, postSec: 1 },
    ])
    const folder = join(folders.storePath, run.request.recordingId)
    const onsetMs = await findOnset(join(folder, 'index.m3u8'), (await run.event('started')).takeEpochMs)
    const earlyMs = onsetMs - Date.parse(applause.at)
    expect(earlyMs).toBeGreaterThan(-FRAME_MS)
    expect(earlyMs).toBeLessThan(400 + 100 + FRAME_MS)
  },
  TEST_TIMEOUT_MS,
)

function listen({ api, address }: Awaited<ReturnType<typeof openClassroom>>): { url: string; token: string } {
  const token = api.tokens.mint({ room: 'class-42', role: 'recorder', identity: 'recorder', ttlSec: 60 })
  return { url: `${address}/v1/rooms/class-42/signals`, token }
}

function triggersOf(run: RecorderRun): Extract<RecorderEvent, { type: 'trigger' }>[] {
  return run.events.filter((event) => event.type === 'trigger')
}

/** Resolves when a stored segment has this wall time. */
async function storedAt(run: RecorderRun, atMs: number): Promise<void> {
  for (let count = 1; ; count++) {
    const { programDateTime, durationSec } = await run.event('segment', count)
    if (Date.parse(programDateTime) + durationSec * 1000 > atMs) return
  }
}

const APPLAUSE_FROM_SEC = 13

/** Noise that rises and falls like speech, and from a known second on noise 25 dB louder, for two seconds. */
async function makeApplauseClip(): Promise<string> {
  const speech = `anoisesrc=color=pink:seed=1:d=30:r=48000:a=0.25,volume='0.5+0.4*sin(2*PI*3*t)':eval=frame`
  const applause = `anoisesrc=color=white:seed=2:d=2:r=48000:a=0.6,adelay=${APPLAUSE_FROM_SEC * 1000}`
  const graph = `[1:a][2:a]amix=inputs=2:duration=first:normalize=0[sound]`
  return await cached('applause-1.mp4', (path) =>
    runFfmpeg([
      ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=30', '-f', 'lavfi', '-i', speech],
      ...['-f', 'lavfi', '-i', applause, '-filter_complex', graph, '-map', '0:v', '-map', '[sound]', '-ac', '2'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '128k'],
      ...['-movflags', '+faststart', '-f', 'mp4', path],
    ]),
  )
}

const WINDOW = 480
/** Of 32768: the speech stays below, the applause above, as the mean of 10 ms. */
const LOUD = 4000

/** Wall time of the first loud 10 ms of a recording, epoch milliseconds. */
async function findOnset(input: string, takeEpochMs: number): Promise<number> {
  const { runs } = await decodeSound(input)
  for (const { ptsSec, samples } of runs) {
    for (let from = 0; from + WINDOW <= samples.length; from += WINDOW) {
      const level = samples.subarray(from, from + WINDOW).reduce((sum, sample) => sum + Math.abs(sample), 0) / WINDOW
      if (level > LOUD) return takeEpochMs + (ptsSec - PCR_LEAD_SEC + from / 48_000) * 1000
    }
  }
  throw new Error('the recording is nowhere loud')
}
