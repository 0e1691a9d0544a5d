/**
 * The settings of a Panorec process: their schema, their check, their description. `bin` hands it the environment;
 * nothing else in the product reads one. It opens nothing and changes nothing.
 */
export type { Config, DatabaseLocation } from './config.ts'
export {
  childEnvironment,
  describeSettings,
  isLoopbackHost,
  loadConfig,
  requireKeysBeyondLoopback,
  type SettingDescription,
} from './load-config.ts'
export type { Environment, SettingProblem } from './read-settings.ts'
export { defaultMaxRecordings, LOG_LEVELS, type LogLevel, SETTINGS, SettingsSchema } from './settings.ts'
