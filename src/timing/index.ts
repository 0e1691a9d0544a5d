/**
 * The one place that waits: repeats, retries, deadlines. It knows no noun of the product and never decides what is worth a retry.
 */
export { backOffMs, pause, retry } from './retry.ts'
