import { AppError } from '../protocol/index.ts'
import { within } from '../timing/index.ts'

/** Three heartbeats that are each given up after this fit into a worker's lease. */
const ANSWER_MS = 3_000

/**
 * What a call of the database gives. One on a connection that swallows it may take ten times as long to fail: it is given up with
 * `database.unavailable`, so that the next call, on another connection, is not late too.
 */
export async function answeredInTime<T>(call: Promise<T>): Promise<T> {
  return await within(ANSWER_MS, call, () => {
    throw new AppError('database.unavailable', `The database did not answer within ${ANSWER_MS / 1000} s.`)
  })
}
