import { fileURLToPath } from 'node:url'
import type { WireOptions } from '../../src/bin/wire-service.ts'
import { TestService } from '../kit/service/test-service.ts'
import { QUICK_TIMES } from '../worker/quick-times.ts'

export const SCRIPTED_RECORDER = fileURLToPath(new URL('../worker/scripted-recorder.ts', import.meta.url))

/** The real service with its database, queues and child processes, whose recorder is a script instead of Chrome. It looks often for what nothing announces. */
export async function startScriptedService(
  settings: Readonly<Record<string, string>> = {},
  options: WireOptions = {},
): Promise<TestService> {
  return await TestService.start(settings, {
    recorderScript: SCRIPTED_RECORDER,
    ...options,
    times: { ...QUICK_TIMES, ...options.times },
  })
}
export type ScriptedService = TestService
