import { expect, test } from 'vitest'
import { fenceStore, sealRecording } from '../../src/archive/fence.ts'
import { getText, putText } from '../../src/archive/index.ts'
import { openStore } from '../../src/store/index.ts'
import { makeFolders } from '../recorder/recorder-run.ts'

const recordingId = 'rec_fenced'
const shared = `${recordingId}/live.m3u8`
const isSuperseded = expect.objectContaining({ code: 'take.superseded' })

test('only the newest take may write what all takes share, however late an old one comes back', async () => {
  await using folders = await makeFolders()
  await using store = await openStore({ kind: 'fs', path: folders.storePath })
  const overtaken: string[] = []
  const take = (number: number) =>
    fenceStore(store, { recordingId, take: number }, (error) => overtaken.push(error.message))
  await putText(take(1), shared, 'one')
  expect(await store.head(`${recordingId}/takes/newest.json`)).toBeUndefined()
  await putText(take(3), shared, 'three')
  await take(3).claim()
  for (const old of [1, 2]) {
    await expect(putText(take(old), shared, 'old')).rejects.toEqual(isSuperseded)
    await expect(take(old).putFile(shared, '/nowhere')).rejects.toEqual(isSuperseded)
    await expect(take(old).delete(shared)).rejects.toEqual(isSuperseded)
    await putText(take(old), `${recordingId}/takes/${old}/0.ts`, 'its own')
  }
  expect(await getText(store, shared)).toBe('three')
  expect(overtaken).toHaveLength(6)
})

test('nobody writes into a recording that was closed', async () => {
  await using folders = await makeFolders()
  await using store = await openStore({ kind: 'fs', path: folders.storePath })
  await sealRecording(store, recordingId)
  await sealRecording(store, recordingId)
  await expect(putText(fenceStore(store, { recordingId, take: 99 }), shared, 'late')).rejects.toEqual(isSuperseded)
})
