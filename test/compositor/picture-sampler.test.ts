import { expect, test } from 'vitest'
import { PictureSampler } from '../../recorder-page/compositor/picture-sampler.ts'
import type { PictureThumbs, Thumb } from '../../recorder-page/compositor/picture-thumbs.ts'
import { planScene } from '../../recorder-page/scene/plan/plan-scene.ts'
import { emptyRoom } from '../../src/room/index.ts'
import { NOW, source } from '../scene/classes.ts'

const grey = (luma: number): Thumb => Float32Array.of(luma, luma)

/** Thumbnails that a test sets. */
class SetThumbs implements PictureThumbs {
  readonly sources = new Map<string, Thumb>()
  picture = grey(0)

  ofSource(sourceId: string): Thumb | undefined {
    return this.sources.get(sourceId)
  }

  ofPicture(): Thumb {
    return this.picture
  }
}

const plan = planScene({
  room: emptyRoom(),
  sources: [source('s0'), source('s1')],
  layout: { name: 'grid' },
  size: { width: 640, height: 360 },
  nowMs: NOW,
})
const frameOf = (sourceId: string) => (sourceId === 's0' ? ({} as VideoFrame) : undefined)

test('tells how a source and its place in the picture have changed since the last sample', () => {
  const thumbs = new SetThumbs()
  const sampler = new PictureSampler(thumbs)
  thumbs.sources.set('s0', grey(100))
  thumbs.picture = grey(90)
  expect(sampler.sample(plan, frameOf)).toEqual({
    luma: 90,
    brightest: 90,
    tiles: [{ sourceId: 's0', sourceLuma: 100, sourceMotion: 0, tileMotion: 0 }],
  })
  thumbs.sources.set('s0', Float32Array.of(104, 110))
  thumbs.picture = Float32Array.of(90, 93)
  expect(sampler.sample(plan, frameOf)).toEqual({
    luma: 91.5,
    brightest: 93,
    tiles: [{ sourceId: 's0', sourceLuma: 107, sourceMotion: 7, tileMotion: 1.5 }],
  })
})

test('leaves out a source without a frame, and one that the compositor has nothing of', () => {
  const thumbs = new SetThumbs()
  expect(new PictureSampler(thumbs).sample(plan, frameOf).tiles).toEqual([])
})
