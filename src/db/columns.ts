import { timestamp } from './drizzle.ts'

/** A moment with its time zone, to the millisecond, as a `Date`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
