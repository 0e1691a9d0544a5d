/**
 * `node scripts/ci-summary.mjs report.json [again.json]`: names what failed in Vitest's JSON report, then prints its count as the
 * last line; the files that took longest go before. `again.json` is the report of a second try of the files that failed.
 * `node scripts/ci-summary.mjs --failed report.json` prints only those files, a line each. Prints no count when there is no report.
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The lines of the summary; the last is `N passed, N failed`, with `, N skipped` when some were. What passed at a second
 * try only is named with what the first one found. A file that fails without a failed test (it does not load, a hook throws, it leaves something behind) counts as one that failed.
 */
export function summarize({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const failedTests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `failed: ${name} > ${fullName}`),
  )
  const failedFiles = testResults
    .filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.every((it) => it.status !== 'failed'),
    )
    .map(({ name, message }) => `failed: ${name}: ${(message ?? '').split('\n')[0]}`)
  const retried = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages = [] }) => status === 'passed' && failureMessages.length > 0)
      .map(
        ({ fullName, failureMessages }) => `second try: ${name} > ${fullName}: ${failureMessages[0].split('\n')[0]}`,
      ),
  )
  const skipped = numPendingTests + numTodoTests
  const count = `${numPassedTests} passed, ${numFailedTests + failedFiles.length} failed`
  return [...retried, ...failedTests, ...failedFiles, skipped === 0 ? count : `${count}, ${skipped} skipped`]
}

/** A change that breaks more files than this is broken, not unlucky: it gets no second try. */
const MOST_TRIED_AGAIN = 6

/** The files that failed and may be tried again, relative to the project; none when there are too many. */
export function filesToTryAgain({ testResults }) {
  const failed = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name }) => relative(process.cwd(), name))
  return failed.length > MOST_TRIED_AGAIN ? [] : failed
}

/** The report of a run in which the files of `again` count by their second try; what passed only then names its first failure. */
export function merge(first, again) {
  const second = new Map(again.testResults.map((file) => [file.name, file]))
  const testResults = first.testResults.map((file) => {
    const tried = second.get(file.name)
    return tried === undefined ? file : withFirstFailures(tried, file)
  })
  const count = (...statuses) =>
    testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => statuses.includes(status))
      .length
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending', 'skipped', 'disabled'),
    numTodoTests: count('todo'),
    testResults,
  }
}

function withFirstFailures(tried, first) {
  const failures = new Map(
    first.assertionResults.map((it) => [it.fullName, it.status === 'failed' ? it.failureMessages : []]),
  )
  const whole = first.message ? [first.message] : ['it failed as a whole']
  const isWhole = first.status === 'failed' && first.assertionResults.every(({ status }) => status !== 'failed')
  const assertionResults = tried.assertionResults.map((it, index) => {
    const before = isWhole && index === 0 ? whole : (failures.get(it.fullName) ?? [])
    return { ...it, failureMessages: [...before, ...(it.failureMessages ?? [])] }
  })
  return { ...tried, assertionResults }
}

const SLOWEST = 30

/** The files that took longest, slowest first, each as `12.3 s  name`. */
export function slowest({ testResults }) {
  return testResults
    .map(({ name, startTime = 0, endTime = 0 }) => ({ name, sec: (endTime - startTime) / 1000 }))
    .sort((a, b) => b.sec - a.sec)
    .slice(0, SLOWEST)
    .map(({ name, sec }) => `${sec.toFixed(1).padStart(6)} s  ${relative(process.cwd(), name)}`)
}

const read = (path) => {
  const text = path === undefined ? '' : readFileSync(path, 'utf8')
  return text === '' ? undefined : JSON.parse(text)
}

function main([path, other]) {
  if (path === '--failed') {
    for (const file of filesToTryAgain(read(other) ?? { testResults: [] })) console.log(file)
    return
  }
  const [first, again] = [read(path), read(other)]
  if (first === undefined) return console.log('The test runner ended without a report: see its output above.')
  console.log(`The ${SLOWEST} slowest files:`)
  for (const line of slowest(first)) console.log(line)
  for (const line of summarize(again === undefined ? first : merge(first, again))) console.log(line)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2))
