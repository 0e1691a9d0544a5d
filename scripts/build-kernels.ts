/**
 * Compiles the kernels of the planar compositor, from AssemblyScript to the WASM beside them. The WASM is committed, so that a page builds
 * without a compiler; this compares the committed bytes with a fresh build, and ends with 1 where they differ. `--write` writes them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROOT } from './setup.mjs'

const SOURCE = join(ROOT, 'recorder-page/compositor/planar/kernels/assembly/index.ts')
const TARGET = join(ROOT, 'recorder-page/compositor/planar/kernels/kernels.wasm')
const OPTIONS = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=']

/** By a name that TypeScript does not follow: the compiler's own types declare arrays anew, for the whole project. */
const COMPILER: string = 'assemblyscript/asc'
type Main = (
  args: readonly string[],
  io: {
    readonly readFile: (name: string) => string | null
    readonly writeFile: (name: string, contents: string | Uint8Array) => void
    readonly listFiles: () => readonly string[]
  },
) => Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>

/** The compiler adds `.ts` to the paths of imports, which have it already. */
function readSource(name: string): string | null {
  const path = name.replace(/\.ts\.ts$/, '.ts')
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

async function compile(): Promise<Buffer> {
  const { main } = (await import(COMPILER)) as { readonly main: Main }
  const binaries: Uint8Array[] = []
  const { error, stderr } = await main([SOURCE, '--outFile', 'kernels.wasm', ...OPTIONS], {
    readFile: readSource,
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binaries.push(contents)
    },
    listFiles: () => [],
  })
  const [binary] = binaries
  if (error !== null || binary === undefined) throw new Error(`The kernels do not compile:\n${stderr.toString()}`)
  return Buffer.from(binary)
}

const fresh = await compile()
if (process.argv.includes('--write')) writeFileSync(TARGET, fresh)
else if (!existsSync(TARGET) || !fresh.equals(readFileSync(TARGET))) {
  console.error(`${relative(ROOT, TARGET)} is not what its source compiles to. Run \`npm run check -- --write\`.`)
  process.exitCode = 1
}
