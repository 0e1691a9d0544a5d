import type { RecorderRequest } from '../../src/protocol/index.ts'
import { startRecorder } from '../recorder/recorder-run.ts'

/** A recorder in a process of its own, for a test to kill: it prints a line for each stored segment. */
const [request, pageDir] = JSON.parse(process.argv[2] ?? '') as [RecorderRequest, string]
const run = startRecorder(request, pageDir)
for (let count = 1; ; count += 1) {
  await run.event('segment', count)
  console.log(count)
}
