import { expect, it } from 'vitest'
import { codecString } from '../../recorder-page/encode/picture-encoder.ts'

it('names the lowest H.264 level that holds the picture and its rate', () => {
  const at = (width: number, height: number, fps: number) => codecString({ width, height, fps, bitrateKbps: 2500 })
  expect(at(1280, 720, 25)).toBe('avc1.64001F')
  expect(at(1280, 720, 60)).toBe('avc1.640020')
  expect(at(1920, 1080, 30)).toBe('avc1.640028')
  expect(at(1920, 1080, 60)).toBe('avc1.64002A')
  expect(at(3840, 2160, 30)).toBe('avc1.640033')
})
