import { limitWasmCompiler } from '../machine/index.ts'
import { loadEmbedded } from './drizzle.ts'

/** Makes the files of an empty database in the folder of its only argument, as a process of its own. */
limitWasmCompiler()
const { PGlite } = loadEmbedded()
const pglite = await PGlite.create(process.argv[2] ?? '')
await pglite.close()
