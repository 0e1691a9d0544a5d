/** The part of pino that the clip function uses. */
interface ClipperLogger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
}

/** What a clip function is given beside its request. */
export interface ClipperIo {
  /** Aborting it ends the work; then nothing more is stored. */
  readonly signal: AbortSignal
  readonly logger: ClipperLogger
}

/** Runs pieces of work side by side; when one fails the others are told to end, and its error is thrown when all have. */
export async function sideBySide<T extends readonly unknown[]>(
  signal: AbortSignal,
  work: { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> },
): Promise<T> {
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  let first: { readonly error: unknown } | undefined
  const settled = await Promise.all(
    work.map(async (piece) => {
      try {
        return await piece(both)
      } catch (error) {
        first ??= { error }
        stop.abort()
        return undefined
      }
    }),
  )
  if (first !== undefined) throw first.error
  return settled as unknown as T
}
