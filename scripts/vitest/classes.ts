/** Names the folder of the recorded classes while a run records or has them. */
export const CLASSES_VARIABLE = 'TEST_CLASSES'

/** Lies in that folder once no class is recorded any more. */
export const OVER = 'over'

export const LEAST_NICE = 19
/** The kernel shares the time among sessions before it looks at nice values (sched(7), "The autogroup feature"). */
export const SESSION_NICE = '/proc/self/autogroup'
