/** The part of Vitest's JSON report that is counted. */
export interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly startTime?: number
    readonly endTime?: number
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

export function summarize(report: Report): string[]
export function slowest(report: Report): string[]
export function filesToTryAgain(report: Pick<Report, 'testResults'>): string[]
export function merge(first: Report, again: Report): Report
