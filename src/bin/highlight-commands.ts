import { type Command, InvalidArgumentError } from 'commander'
import type { HighlightArguments } from './highlight.ts'
import type { RemoteOptions } from './remote.ts'

const DEFAULT_URL = 'http://127.0.0.1:8080'

/** `panorec highlight` and `panorec highlights`: what they take. What they do is loaded when they are called. */
export function addHighlightCommands(program: Command): void {
  const remote = (command: Command) =>
    command
      .option('--url <url>', 'the service', DEFAULT_URL)
      .option('--key <key>', 'its API key; PANOREC_API_KEY keeps it out of the list of processes')

  remote(program.command('highlight'))
    .description('cut a moment out of a recording, at a running service')
    .argument('<recording>', 'its id: rec_…')
    .option('--at <time>', 'the moment: now, or a time of RFC 3339', 'now')
    .option('--pre <seconds>', 'what comes before it; without it as the recording says', seconds)
    .option('--post <seconds>', 'what comes after it; without it as the recording says', seconds)
    .option('--label <text>', 'what it is called')
    .option('--by <name>', 'who chose it')
    .option('--metadata <key=value>', 'your own data; may be repeated', entry)
    .option('--wait', 'wait until the clip is ready, and end with 1 when it fails')
    .option('--output <file>', 'wait, then save the clip as this file')
    .action(async (recording: string, options: HighlightArguments & RemoteOptions) => {
      const { highlight } = await import('./highlight.ts')
      await highlight(recording, options, console.log)
    })

  remote(program.command('highlights'))
    .description('list the highlights of a recording, newest first')
    .argument('<recording>', 'its id: rec_…')
    .action(async (recording: string, options: RemoteOptions) => {
      const { listHighlights } = await import('./highlight.ts')
      await listHighlights(recording, options, console.log)
    })
}

function entry(text: string, entries: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [key = ''] = text.split('=', 1)
  if (key !== '' && key !== text) return { ...entries, [key]: text.slice(key.length + 1) }
  throw new InvalidArgumentError('It must be a key and its value, such as page=7.')
}

function seconds(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a number of seconds from 0 to 600.')
}
