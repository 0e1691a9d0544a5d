import { afterAll } from 'vitest'
import { assertNothingLeft, takeStock } from '../../test/kit/service/leaks.ts'
import { useOwnTemporaryFolder } from '../../test/kit/service/own-folder.ts'

/** Each test file works in a temporary folder of its own. Set up before the file is loaded; looked at after its last hook. */
const own = useOwnTemporaryFolder()
const before = await takeStock()

afterAll(async () => {
  try {
    await assertNothingLeft(before)
  } finally {
    own[Symbol.dispose]()
  }
})
