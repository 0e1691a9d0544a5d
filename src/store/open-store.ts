import type { StoreLocation } from '../protocol/index.ts'
import { FsSegmentStore } from './fs-segment-store.ts'
import type { SegmentStore } from './segment-store.ts'

/** Opens the driver of a location. Nothing is read or written yet: `check` does that. */
export async function openStore(location: StoreLocation): Promise<SegmentStore> {
  switch (location.kind) {
    case 'fs':
      return new FsSegmentStore(location.path)
    case 's3': {
      const { openS3SegmentStore } = await import('./s3-segment-store.ts')
      return openS3SegmentStore(location)
    }
  }
}
