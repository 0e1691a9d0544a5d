const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' })
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']
const AGES = [
  { unit: 'second', sec: 1, limitSec: 60 },
  { unit: 'minute', sec: 60, limitSec: 3600 },
  { unit: 'hour', sec: 3600, limitSec: 86400 },
  { unit: 'day', sec: 86400, limitSec: 30 * 86400 },
] as const

/** `4:05`, `1:02:09`; a 24th hour stays in hours. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** Decimal units, as disks and networks count. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[power]}`
}

/** `3 minutes ago`; older than a month gives the date. */
export function formatAge(instant: string, nowMs: number): string {
  const ageSec = Math.max(0, (nowMs - Date.parse(instant)) / 1000)
  if (ageSec < 5) return 'just now'
  const step = AGES.find(({ limitSec }) => ageSec < limitSec)
  return step ? RELATIVE.format(-Math.round(ageSec / step.sec), step.unit) : formatDateTime(instant)
}

export function formatDateTime(instant: string): string {
  return DATE_TIME.format(new Date(instant))
}
