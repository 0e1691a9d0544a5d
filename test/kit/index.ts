/**
 * What tests are made of: live sources with a known pattern and switchable faults, and checks of the decoded recording.
 * It never imports the product, so that a fault of the product cannot hide in its own test.
 */
export * from './child.ts'
export * from './chrome.ts'
export * from './clip.ts'
export * from './decode.ts'
export * from './file-server.ts'
export * from './free-port.ts'
export * from './hls-server.ts'
export * from './leaks.ts'
export * from './live-class.ts'
export * from './media.ts'
export * from './pattern.ts'
export * from './play.ts'
export * from './play-film.ts'
export * from './playlist-rules.ts'
export * from './playlist-watch.ts'
export * from './sfu/index.ts'
export * from './tile.ts'
export * from './timeline.ts'
