/**
 * The one place that waits: delays, repeats, retries, turns, deadlines. Of the product it knows only its error and, in the table of
 * policies, what is tried again; it knows no file and no process, and it runs in browsers too.
 */
export { after } from './after.ts'
export { BackOff } from './back-off.ts'
export { delay } from './delay.ts'
export { InTurn } from './in-turn.ts'
export { Mailbox } from './mailbox.ts'
export { nextTurn } from './next-turn.ts'
export { backOffMs, RETRY_POLICIES, type RetryPolicy } from './policies.ts'
export { type Repeater, repeat } from './repeat.ts'
export { type RetryOptions, retry } from './retry.ts'
export { Throttle } from './throttle.ts'
export { WakeUp } from './wake-up.ts'
export { unlessAborted, within } from './within.ts'
