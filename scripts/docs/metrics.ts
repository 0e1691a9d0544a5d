import { createMetrics } from '../../src/telemetry/index.ts'

/** What prom-client adds by itself; documents name it as a family. */
const PROCESS = 'panorec_process_'
/** A histogram is shown as these series. */
const SERIES = /_(bucket|sum|count)$/
/** Names of the product that look like metrics. */
const OTHER_NAMES: readonly string[] = ['panorec_session']

/** The metrics of the product, by their names. */
export function readMetrics(): readonly string[] {
  const names = createMetrics()
    .registry.getMetricsAsArray()
    .map(({ name }) => name)
  return names.filter((name) => !name.startsWith(PROCESS))
}

/** The metrics that a page, which should name all of them, leaves out. */
export function findMissingMetrics(path: string, page: string, metrics: readonly string[]): string[] {
  const named = namesOf(page)
  return metrics.filter((name) => !named.includes(name)).map((name) => `${path}: the metric \`${name}\` is not named`)
}

/** The metrics that a document names and that there are not. */
export function findUnknownMetrics(path: string, page: string, metrics: readonly string[]): string[] {
  const isKnown = (name: string) => metrics.includes(name) || metrics.includes(name.replace(SERIES, ''))
  return namesOf(page)
    .filter((name) => !isKnown(name) && !name.startsWith(PROCESS) && !OTHER_NAMES.includes(name))
    .map((name) => `${path}: there is no metric \`${name}\``)
}

function namesOf(page: string): string[] {
  return [...new Set(page.match(/\bpanorec_[a-z_]+/g) ?? [])]
}
