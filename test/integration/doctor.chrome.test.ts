import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RECORDER_PAGE_DIR } from '../../src/bin/bundles.ts'
import { loadConfig } from '../../src/config/index.ts'
import { runDoctor } from '../../src/doctor/doctor.ts'

describe('panorec doctor', () => {
  let dataDir = ''
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'panorec-doctor-test-'))
  })
  afterEach(() => rm(dataDir, { recursive: true }))

  const diagnose = async (settings: Record<string, string>) => {
    const lines: string[] = []
    const config = loadConfig({ PANOREC_DATA_DIR: dataDir, ...settings })
    const isHealthy = await runDoctor(config, { pageDir: RECORDER_PAGE_DIR, profiles: ['low'] }, (line) =>
      lines.push(line),
    )
    return { isHealthy, text: lines.join('\n') }
  }

  it('finds everything on a machine that was set up', async () => {
    const { isHealthy, text } = await diagnose({})
    expect(text).toMatch(/^✓ Chrome: .*Chrom/m)
    expect(text).toMatch(/^[✓!] Chrome starts: encodes H\.264/m)
    expect(text).toMatch(/^✓ FFmpeg: \d/m)
    expect(text).toMatch(/^✓ Fonts: Chinese, Japanese, Korean, Arabic, emoji$/m)
    expect(text).toMatch(/^✓ Database: embedded, .* is migrated$/m)
    expect(text).toMatch(/^✓ Store: .* stores, returns and deletes$/m)
    expect(text).toMatch(/^[✓!] Capacity: at once, of 4 sources each: \d+ × low \(\d\.\d\d cores, \d+ MB/m)
    expect(text).toMatch(/^Ready to record\.$/m)
    expect(isHealthy).toBe(true)
  })

  it('says what to do for each thing that is wrong', async () => {
    const { isHealthy, text } = await diagnose({
      PANOREC_CHROME_PATH: '/nowhere/chrome',
      PANOREC_FFMPEG_PATH: '/nowhere/ffmpeg',
      PANOREC_DATABASE_URL: 'postgres://user:secret-word@127.0.0.1:9/class',
      PANOREC_STORE: '/dev/null/store',
    })
    for (const name of ['Chrome', 'Chrome starts', 'FFmpeg', 'Database', 'Store', 'Capacity']) {
      expect(text).toMatch(new RegExp(`^✗ ${name}: .+\\n  → .+`, 'm'))
    }
    expect(text).not.toContain('secret-word')
    expect(isHealthy).toBe(false)
  })
})
