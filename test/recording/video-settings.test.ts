import { expect, test } from 'vitest'
import { VIDEO_PROFILES, videoSettings } from '../../src/protocol/index.ts'

test('a spec without a picture has that of 720p25', () => {
  expect(videoSettings()).toEqual({ width: 1280, height: 720, fps: 25, bitrateKbps: 2500 })
  expect(videoSettings({})).toEqual(VIDEO_PROFILES['720p25'])
})

test('a profile gives what the spec does not say', () => {
  expect(videoSettings({ profile: '1080p30' })).toEqual({ width: 1920, height: 1080, fps: 30, bitrateKbps: 5000 })
  expect(videoSettings({ profile: 'low', fps: 25 })).toEqual({ width: 640, height: 360, fps: 25, bitrateKbps: 500 })
})
