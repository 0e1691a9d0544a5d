/**
 * `node scripts/ci-summary.mjs report.json`: names what failed in Vitest's JSON report, then prints its count as the
 * last line. Prints no count when there is no report.
 */
import { readFileSync } from 'node:fs'
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(process.argv[2], 'utf8')
  if (text === '') console.log('The test runner ended without a report: see its output above.')
  else for (const line of summarize(JSON.parse(text))) console.log(line)
}
