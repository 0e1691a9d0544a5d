import { describe, expect, it } from 'vitest'
import { aptCommands, type Found, planSetup } from '../../scripts/setup/plan.mjs'

const READY: Found = {
  nodeMajor: 20,
  dependenciesCurrent: true,
  wrongSettings: [],
  missing: [],
  canInstall: true,
  hasApt: true,
  staleBundles: [],
}
const BARE: Found = {
  ...READY,
  dependenciesCurrent: false,
  missing: ['chrome', 'ffmpeg', 'fonts-core', 'fonts-cjk', 'fonts-emoji'],
  staleBundles: ['recorder-page', 'console', 'functions'],
}

describe('planSetup', () => {
  it('does nothing on a machine that has everything', () => {
    expect(planSetup(READY)).toEqual({ steps: [], refusals: [] })
  })

  it('installs packages, programs and fonts, then makes the bundles on a bare machine', () => {
    expect(planSetup(BARE)).toEqual({
      steps: [
        { kind: 'dependencies' },
        {
          kind: 'packages',
          packages: ['chromium', 'ffmpeg', 'fonts-noto-core', 'fonts-noto-cjk', 'fonts-noto-color-emoji'],
        },
        { kind: 'bundles', bundles: ['recorder-page', 'console', 'functions'] },
      ],
      refusals: [],
    })
  })

  it('installs only what is missing', () => {
    expect(planSetup({ ...READY, missing: ['fonts-emoji'] }).steps).toEqual([
      { kind: 'packages', packages: ['fonts-noto-color-emoji'] },
    ])
  })

  it('makes only the bundle that is stale', () => {
    expect(planSetup({ ...READY, staleBundles: ['console'] }).steps).toEqual([
      { kind: 'bundles', bundles: ['console'] },
    ])
  })

  it('refuses an old Node before anything else', () => {
    expect(planSetup({ ...BARE, nodeMajor: 18 })).toEqual({
      steps: [],
      refusals: ['Node 18 is too old: install Node 20 or newer (https://nodejs.org), then run the same command again.'],
    })
  })

  it('tells a user without root the one command to run, and touches nothing', () => {
    expect(planSetup({ ...BARE, missing: ['chrome', 'fonts-cjk'], canInstall: false })).toEqual({
      steps: [],
      refusals: [
        'This machine lacks Chrome, fonts for Chinese, Japanese and Korean: run sudo apt-get update && sudo apt-get ' +
          'install -y --no-install-recommends chromium fonts-noto-cjk, then run the same command again.',
      ],
    })
  })

  it('names the packages where there is no apt', () => {
    const { refusals } = planSetup({ ...READY, missing: ['ffmpeg'], canInstall: false, hasApt: false })
    expect(refusals).toEqual([
      "This machine lacks FFmpeg: run your system's package manager for what Debian calls ffmpeg, then run the same command again.",
    ])
  })

  it('never installs a program that a setting says is elsewhere', () => {
    const wrongSettings = [{ name: 'PANOREC_CHROME_PATH', value: '/opt/none' }]
    expect(planSetup({ ...BARE, wrongSettings })).toEqual({
      steps: [],
      refusals: [
        'PANOREC_CHROME_PATH names "/opt/none", which is not a program: set it to an executable file, or unset it to have one found.',
      ],
    })
  })
})

describe('aptCommands', () => {
  it('refreshes the list first and leaves recommended packages out', () => {
    expect(aptCommands(['chromium', 'ffmpeg'])).toEqual([
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium', 'ffmpeg'],
    ])
  })
})
