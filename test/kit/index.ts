/**
 * What tests, benchmarks and the fault series are made of: `sources` have a known pattern and faults that can be switched, `servers`
 * are real ones, `service` starts the product in the ways in which people start it, `stage` puts all of them together in processes
 * that can be killed, and `watch` judges what was recorded, from its decoded pictures and samples. `sources`, `servers` and `watch`
 * never import the product, so that a fault of the product cannot hide in its own test; no part imports a test or a benchmark.
 *
 * A service and a stage are imported from their own files: they bring the whole product along.
 */

export * from './servers/sfu/index.ts'
export * from './service/child.ts'
export * from './service/free-port.ts'
export * from './service/leaks.ts'
export * from './sources/clip.ts'
export * from './sources/file-server.ts'
export * from './sources/hls-server.ts'
export * from './sources/live-class.ts'
export * from './sources/pattern.ts'
export * from './watch/beeps.ts'
export * from './watch/chrome.ts'
export * from './watch/decode.ts'
export * from './watch/film.ts'
export * from './watch/play.ts'
export * from './watch/play-film.ts'
export * from './watch/playlist-rules.ts'
export * from './watch/playlist-watch.ts'
export * from './watch/recorded-time.ts'
export * from './watch/slip.ts'
export * from './watch/stall-meter.ts'
export * from './watch/tile.ts'
export * from './watch/timeline.ts'
