/** The part of pino that one-shot functions use, so that whoever starts them may bring another log. */
export interface LogPort {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
