import { readFile, writeFile } from 'node:fs/promises'
import type { Benchmark } from './benchmark.ts'
import { clips } from './clips.ts'
import { control } from './control.ts'
import { cost } from './cost/index.ts'
import { day } from './day.ts'
import { highlights } from './highlights.ts'
import { idle } from './idle.ts'
import { machineFacts } from './machine.ts'
import { renderSection, replaceSection } from './page.ts'
import { quality } from './quality/index.ts'
import { starts } from './starts.ts'
import { storm } from './storm.ts'
import { sync } from './sync.ts'

const PAGE = new URL('../docs/benchmarks.md', import.meta.url)
const BENCHMARKS: readonly Benchmark[] = [starts, control, highlights, storm, clips, cost, quality, idle, day, sync]

/** `npm run bench`: all of them; `npm run bench -- <name>…`: those. Each is written to the page as soon as it is done. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))
  if (unknown.length > 0) {
    const known = BENCHMARKS.map((benchmark) => benchmark.name).join(', ')
    throw new Error(`There is no benchmark ${unknown.join(', ')}; there are ${known}.`)
  }
  for (const benchmark of BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const finding = await benchmark.run((progress) => console.log(`${benchmark.name}: ${progress}`))
    const section = renderSection(benchmark.title, finding, await machineFacts(new Date()))
    console.log(`\n${section}`)
    await writeFile(PAGE, replaceSection(await readFile(PAGE, 'utf8').catch(() => ''), benchmark.title, section))
  }
}

await main(process.argv.slice(2))
