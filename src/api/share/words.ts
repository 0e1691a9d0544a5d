/** The day as `21 November 2026`, in UTC: a page without script does not know the time zone of its reader. */
export function dayOf(instant: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(instant))
}

/** The time as `21 November 2026, 09:14 UTC`. */
export function timeOf(instant: string): string {
  return `${dayOf(instant)}, ${instant.slice(11, 16)} UTC`
}

/** The length as `0:30`, or `1:02:03` from an hour on. */
export function lengthOf(durationSec: number): string {
  const whole = Math.round(durationSec)
  const pad = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`
}

/** The length as a valid duration string (WHATWG HTML §2.3.5.8). */
export function durationOf(durationSec: number): string {
  return `PT${Math.round(durationSec)}S`
}
