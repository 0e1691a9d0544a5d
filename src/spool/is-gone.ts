import { stat } from 'node:fs/promises'
import { isMissing } from '../store/index.ts'

/** True when surely nothing is there. False also where the disk does not answer: that is no proof. */
export async function isGone(path: string): Promise<boolean> {
  try {
    await stat(path)
    return false
  } catch (error) {
    return isMissing(error)
  }
}
