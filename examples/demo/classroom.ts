import type { Client, RoomConnection } from '../../src/client/index.ts'
import { delay } from '../../src/timing/index.ts'
import type { Cue } from './script.ts'

/** The people of the demo in a room of the built-in hub, each over a connection of its own. */
interface Classroom extends AsyncDisposable {
  /** Sends every cue at its time from now on; resolves after the last one, or at the abort. */
  play(cues: readonly Cue[], signal: AbortSignal): Promise<void>
}

/** Beyond the end of any room: people who act by a script need no history. */
const SKIP_HISTORY = 999_999_999

/** Joins a room as each of the given people. Errors: `signalling.unreachable`. */
export async function enterClassroom(
  client: Client,
  options: { readonly room: string; readonly people: readonly string[]; readonly onRefused: (why: string) => void },
): Promise<Classroom> {
  await using undo = new AsyncDisposableStack()
  const people = new Map<string, RoomConnection>()
  for (const id of options.people) {
    const onRefused = ({ message, code }: { message: string; code: string }) =>
      options.onRefused(`${id}: ${message} (${code})`)
    const connection = undo.use(await client.rooms.join(options.room, { as: id, afterSeq: SKIP_HISTORY, onRefused }))
    void ignoreAll(connection)
    people.set(id, connection)
  }
  const resources = undo.move()
  return {
    play: (cues, signal) => playCues(cues, { people, signal }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Reads and drops all signals: unread ones would stay in the connection's queue. */
async function ignoreAll(connection: RoomConnection): Promise<void> {
  for await (const _ of connection);
}

async function playCues(
  cues: readonly Cue[],
  { people, signal }: { readonly people: ReadonlyMap<string, RoomConnection>; readonly signal: AbortSignal },
): Promise<void> {
  const startedAt = performance.now()
  for (const cue of cues) {
    const waitMs = cue.atSec * 1000 - (performance.now() - startedAt)
    if (waitMs > 0) await delay(waitMs, { signal })
    if (signal.aborted) return
    people.get(cue.by)?.send({ v: 1, from: cue.by, ...cue.signal })
  }
}
