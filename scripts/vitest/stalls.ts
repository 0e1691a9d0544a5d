/** The environment variable that names the file in which a run's stall meter writes. */
export const STALLS_VARIABLE = 'TEST_STALLS'
/** How the message of a failure begins that says nothing about the product. */
export const INCONCLUSIVE = 'Inconclusive'
