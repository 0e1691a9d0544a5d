import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLASSES_VARIABLE, OVER } from './classes.ts'

const POLL_MS = 100

/** Set up before every file that starts something: where classes are recorded they have the machine to themselves. */
const folder = process.env[CLASSES_VARIABLE]
while (folder !== undefined && !existsSync(join(folder, OVER))) await sleep(POLL_MS)
