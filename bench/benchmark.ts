/** The result of one benchmark: a table, and the sentence that says how it was measured. */
export interface Finding {
  readonly method: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** One measurement of the running product. `name` is the word on the command line, `title` its heading on the page. */
export interface Benchmark {
  readonly name: string
  readonly title: string
  run(say: (progress: string) => void): Promise<Finding>
}
