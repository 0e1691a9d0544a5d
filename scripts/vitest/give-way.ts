import { setPriority } from 'node:os'

const LEAST = 19

/** Set up before the pure tests, which run while classes are recorded: they take the processor's time that those leave. */
setPriority(LEAST)
