/** Names the folder of the recorded classes while a run records or has them. */
export const CLASSES_VARIABLE = 'TEST_CLASSES'

/** Lies in that folder once no class is recorded any more. */
export const OVER = 'over'
