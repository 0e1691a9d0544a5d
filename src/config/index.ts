/**
 * The settings of a Panorec process: their schema, their check, their description. `bin` hands it the environment;
 * nothing else in the product reads one. It opens nothing and changes nothing.
 */
export type { Config } from './config.ts'
export { childEnvironment, describeSettings, loadConfig, requireKeysBeyondLoopback } from './load-config.ts'
export { defaultMaxRecordings, SETTINGS } from './settings.ts'
