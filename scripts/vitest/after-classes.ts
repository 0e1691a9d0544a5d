import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLASSES_VARIABLE, OVER, SESSION_NICE } from './classes.ts'

const POLL_MS = 100

/** Set up before every file that starts something: where classes are recorded they have the machine to themselves. */
const folder = process.env[CLASSES_VARIABLE]
while (folder !== undefined && !existsSync(join(folder, OVER))) await sleep(POLL_MS)
if (process.getuid?.() === 0 && existsSync(SESSION_NICE)) writeFileSync(SESSION_NICE, '0', { flag: 'r+' })
