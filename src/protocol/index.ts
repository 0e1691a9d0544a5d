/**
 * The words of the product: schemas and types that the service, the recorder, the pages and the client share.
 * It imports TypeBox and nothing else; it reads no clock, no file and no setting.
 */
export * from './app-error.ts'
export * from './assert-never.ts'
export * from './board.ts'
export * from './clipper.ts'
export * from './errors.ts'
export * from './events.ts'
export * from './highlights.ts'
export * from './ids.ts'
export * from './layout.ts'
export * from './measured-cost.ts'
export * from './metadata.ts'
export * from './packets.ts'
export * from './page-link.ts'
export * from './problem.ts'
export * from './recorder.ts'
export * from './recording.ts'
export * from './rooms.ts'
export * from './schedules.ts'
export * from './signals.ts'
export * from './sources.ts'
