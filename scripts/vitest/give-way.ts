import { existsSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { LEAST_NICE, SESSION_NICE } from './classes.ts'

/** Set up before the pure tests, which run while a class is recorded: they take the processor's time that it leaves. */
setPriority(LEAST_NICE)
// Only who may give it back takes it from the session, which after all tests is still the shell's.
if (process.getuid?.() === 0 && existsSync(SESSION_NICE))
  writeFileSync(SESSION_NICE, String(LEAST_NICE), { flag: 'r+' })
