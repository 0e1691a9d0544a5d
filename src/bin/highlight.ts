import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { AppError, appErrorFrom, type Highlight, type HighlightTrigger, toAppError } from '../protocol/index.ts'
import { delay } from '../timing/index.ts'
import { openRemote, type Remote, type RemoteOptions } from './remote.ts'

/** The command line of `panorec highlight`, parsed. */
export interface HighlightArguments {
  readonly at: string
  readonly pre?: number
  readonly post?: number
  readonly label?: string
  readonly by?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly wait?: boolean
  readonly output?: string
}
type Print = (line: string) => void

const POLL_MS = 300
/** A service that restarts is back by then. */
const LONGEST_SILENCE_MS = 60_000
const PAGE_SIZE = 100

/** Triggers a highlight and prints its links; waits for its clip and saves it when asked to. Throws why a clip failed. */
export async function highlight(
  recordingId: string,
  options: HighlightArguments & RemoteOptions,
  print: Print,
): Promise<void> {
  const remote = openRemote(options)
  const { highlights } = remote.client
  // The key makes the call safe to repeat for whatever lies between this machine and the service.
  const triggered = await highlights.trigger(recordingId, triggerOf(options), { idempotencyKey: crypto.randomUUID() })
  print(`${triggered.id}: ${triggered.state}`)
  for (const [name, link] of Object.entries(triggered.links))
    print(`  ${name.padEnd(9)}${remote.client.mediaUrl(link)}`)
  if (options.wait !== true && options.output === undefined) return
  const ready = await untilReady(remote, triggered.id)
  print(summaryOf(ready))
  for (const remark of remarksOn(ready)) print(`  ${remark}`)
  if (options.output === undefined) return
  await save(await remote.download(ready.links.mp4), options.output)
  print(`saved as ${options.output}`)
}

/** Prints every highlight of a recording, a line for each. */
export async function listHighlights(recordingId: string, options: RemoteOptions, print: Print): Promise<void> {
  const { highlights } = openRemote(options).client
  let cursor: string | null = null
  do {
    const page = await highlights.list({ recordingId, limit: PAGE_SIZE, ...(cursor !== null && { cursor }) })
    for (const item of page.items) print(lineOf(item))
    cursor = page.nextCursor
  } while (cursor !== null)
}

function triggerOf({ at, pre, post, label, by, metadata }: HighlightArguments): HighlightTrigger {
  return {
    ...(at !== 'now' && { at }),
    ...(pre !== undefined && { preSec: pre }),
    ...(post !== undefined && { postSec: post }),
    ...(label !== undefined && { label }),
    ...(by !== undefined && { by }),
    ...(metadata !== undefined && { metadata }),
  }
}

async function untilReady(remote: Remote, id: string): Promise<Highlight> {
  let answeredAtMs = performance.now()
  for (;;) {
    const seen = await read(remote, id)
    if (seen instanceof AppError) {
      if (performance.now() - answeredAtMs > LONGEST_SILENCE_MS) throw seen
    } else {
      if (seen.state === 'ready') return seen
      if (seen.state === 'failed') throw failureOf(seen)
      answeredAtMs = performance.now()
    }
    await delay(POLL_MS)
  }
}

/** The highlight as it is now, or the error that keeps it from being read for the moment. */
async function read({ client }: Remote, id: string): Promise<Highlight | AppError> {
  try {
    return await client.highlights.get(id)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.retryable) return error
    throw error
  }
}

/** Why it failed, as the error that ends the command. */
function failureOf({ id, error }: Highlight): AppError {
  const why = error === null ? new AppError('internal', 'no reason was given') : appErrorFrom(error)
  return new AppError(why.code, `${id} failed: ${why.message}`)
}

/** The file has its name only once it is whole. */
async function save(response: Response, file: string): Promise<void> {
  const part = `${file}.part`
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(part))
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true })
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('request.invalid', `The clip cannot be saved as ${file}: ${why}`, { field: '--output', cause })
  }
}

function summaryOf({ id, durationSec, bytes }: Highlight): string {
  return `${id}: ready, ${(durationSec ?? 0).toFixed(2)} s, ${((bytes ?? 0) / 1e6).toFixed(1)} MB`
}

function remarksOn({ from, to, clamped, gaps }: Highlight): string[] {
  return [
    ...(clamped?.from === undefined ? [] : [`begins at ${from}: nothing is recorded before`]),
    ...(clamped?.to === undefined ? [] : [`ends at ${to}: nothing is recorded after`]),
    ...gaps.map((gap) => `leaves out ${gap.from} to ${gap.to}: nothing is recorded there`),
  ]
}

function lineOf({ id, state, at, durationSec, label, by, favourite, error }: Highlight): string {
  const length = durationSec === null ? '-' : `${durationSec.toFixed(2)} s`
  const words = [label ?? '-', by === null ? '' : `by ${by}`, favourite ? '(favourite)' : '', error?.code ?? '']
  return `${id}  ${at}  ${state.padEnd(7)}  ${length.padStart(8)}  ${words.filter((word) => word !== '').join('  ')}`
}
