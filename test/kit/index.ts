/**
 * What tests are made of: live sources with a known pattern and switchable faults, and checks of the decoded recording.
 * It never imports the product, so that a fault of the product cannot hide in its own test.
 */

export * from './chrome.ts'
export * from './servers/sfu/index.ts'
export * from './service/child.ts'
export * from './service/free-port.ts'
export * from './service/leaks.ts'
export * from './sources/file-server.ts'
export * from './sources/hls-server.ts'
export * from './sources/live-class.ts'
export * from './sources/media.ts'
export * from './sources/pattern.ts'
export * from './watch/clip.ts'
export * from './watch/decode.ts'
export * from './watch/play.ts'
export * from './watch/play-film.ts'
export * from './watch/playlist-rules.ts'
export * from './watch/playlist-watch.ts'
export * from './watch/tile.ts'
export * from './watch/timeline.ts'
