import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** How long the class is recorded. */
  readonly seconds: number
  /** 0 takes a free port. */
  readonly port: number
  /** Leaves the service up until Ctrl-C, so that the links can be opened. */
  readonly keep: boolean
  readonly help: boolean
}

export const DEMO_HELP = `Records a live class, from the REST call to the finished HLS recording.

  npm run demo -- [options]

  --seconds N   length of the recording, 5 to 86400 (60)
  --port N      port of the service; 0 takes a free one (0)
  --keep        leave the service up until Ctrl-C, to open the links
  --help        this text
`
const SECONDS = { minimum: 5, maximum: 86400 }
const PORT = { minimum: 0, maximum: 65535 }

/** Reads the command line; throws with the option, what was received and what is allowed. */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      port: { type: 'string', default: '0' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    seconds: readInteger('--seconds', values.seconds, SECONDS),
    port: readInteger('--port', values.port, PORT),
    keep: values.keep,
    help: values.help,
  }
}

function readInteger(
  name: string,
  text: string,
  bounds: { readonly minimum: number; readonly maximum: number },
): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= bounds.minimum && value <= bounds.maximum) return value
  throw new Error(`\`${name}\` must be a whole number from ${bounds.minimum} to ${bounds.maximum}; received "${text}".`)
}
