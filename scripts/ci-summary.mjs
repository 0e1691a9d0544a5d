/**
 * `node scripts/ci-summary.mjs report.json`: names what failed in Vitest's JSON report, then prints its count as the
 * last line; the files that took longest go before. Prints no count when there is no report.
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

const SLOWEST = 30

/** The files that took longest, slowest first, each as `12.3 s  name`. */
export function slowest({ testResults }) {
  return testResults
    .map(({ name, startTime = 0, endTime = 0 }) => ({ name, sec: (endTime - startTime) / 1000 }))
    .sort((a, b) => b.sec - a.sec)
    .slice(0, SLOWEST)
    .map(({ name, sec }) => `${sec.toFixed(1).padStart(6)} s  ${relative(process.cwd(), name)}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(process.argv[2], 'utf8')
  if (text === '') console.log('The test runner ended without a report: see its output above.')
  else {
    const report = JSON.parse(text)
    console.log(`The ${SLOWEST} slowest files:`)
    for (const line of [...slowest(report), ...summarize(report)]) console.log(line)
  }
}
