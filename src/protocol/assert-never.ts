/** Ends a `switch` over a union: a member that no case handles does not compile, and outside data that is none throws. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
