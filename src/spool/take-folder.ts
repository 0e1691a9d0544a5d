import { join } from 'node:path'
import { objectName } from '../archive/keys.ts'
import { namesIn } from './names-in.ts'

/** Whose folder it is, as its name says. */
export interface TakeFolder {
  readonly recordingId: string
  readonly take: number
}

const NAME = /^(rec_[0-9A-Za-z]+)-(\d+)-[0-9a-f]{8}$/

/** The name `<recording>-<take>-<8 hex digits>`, which no other folder of the take has. */
export function takeFolderName({ recordingId, take }: TakeFolder, uuid: string): string {
  return `${recordingId}-${take}-${uuid.slice(0, 8)}`
}

/** The inverse of `takeFolderName`; undefined for whatever else lies in the spool. */
export function parseTakeFolder(name: string): TakeFolder | undefined {
  const [, recordingId, take] = NAME.exec(name) ?? []
  return recordingId === undefined ? undefined : { recordingId, take: Number(take) }
}

/** The names of takes' folders in a folder; nothing else in it is looked at. Errors: those of the disk. */
export async function takeFoldersIn(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter((name) => parseTakeFolder(name) !== undefined)
}

/** The path of the takes that a take has adopted. */
export function adoptedOf(folder: string): string {
  return join(folder, 'adopted')
}

/** The path of the link to Chrome's profile in a take's folder. */
export function chromeProfileOf(folder: string): string {
  return join(folder, 'chrome')
}

/** The path of the signal log in a take's folder. */
export function signalLogOf(folder: string): string {
  return join(folder, objectName('signals'))
}
