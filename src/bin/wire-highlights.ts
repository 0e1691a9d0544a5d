import { randomBytes } from 'node:crypto'
import { loadSegments } from '../archive/index.ts'
import { type Config, childEnvironment } from '../config/index.ts'
import { createHighlightRepository, createRecapRepository, createShareRepository, serviceSecret } from '../db/index.ts'
import {
  ClipJobs,
  ClipSchedule,
  createHighlights,
  type Highlights,
  type HighlightsPorts,
  RecapJobs,
} from '../highlights/index.ts'
import type { RecordingsPorts } from '../recording/index.ts'
import type { ClipWorkerOptions } from '../worker/index.ts'
import { CLIPPER_SCRIPT } from './bundles.ts'
import { createHighlightObserver } from './highlight-observer.ts'
import type { Foundations } from './open-foundations.ts'

export interface ClipOptions {
  /** Takes the place of the clip function: a script that speaks its protocol. */
  readonly clipperScript?: string
}

/** The use cases of the API, and those of the workers. */
export interface HighlightParts {
  readonly highlights: Highlights
  readonly clipSchedule: ClipSchedule
  readonly clipJobs: ClipJobs
  readonly recapJobs: RecapJobs
}

/** Wires the use cases of highlights. */
export async function openHighlights(
  { database, engine, store, logger, metrics }: Omit<Foundations, 'times'>,
  { repository, commands, clock, newUlid, newTraceId, publicUrl }: Omit<RecordingsPorts, 'rooms'>,
): Promise<HighlightParts> {
  const ports: HighlightsPorts = {
    recordings: repository,
    highlights: createHighlightRepository(database),
    shares: createShareRepository(database),
    recaps: createRecapRepository(database),
    index: { load: (recordingId, options) => loadSegments(store, recordingId, options) },
    store,
    commands,
    clipQueue: engine.clipQueue,
    webhookQueue: engine.webhookQueue,
    observer: createHighlightObserver(logger, metrics),
    clock,
    newUlid,
    newTraceId,
    shareSecret: await serviceSecret(database, 'shares', () => randomBytes(32).toString('base64url')),
    publicUrl,
  }
  return {
    highlights: createHighlights(ports),
    clipSchedule: new ClipSchedule(ports),
    clipJobs: new ClipJobs(ports),
    recapJobs: new RecapJobs(ports),
  }
}

/** What cuts clips, from the parts of a service. */
export function clipWorkerOptions(
  {
    engine,
    clipSchedule,
    clipJobs,
    recapJobs,
    logger,
    metrics,
    times,
    options,
  }: Foundations & HighlightParts & { readonly options: ClipOptions },
  config: Config,
  isResting: () => boolean,
): ClipWorkerOptions {
  return {
    engine,
    clips: clipJobs,
    recaps: recapJobs,
    schedule: clipSchedule,
    times,
    isResting,
    logger,
    metrics,
    maxClips: config.maxClips,
    clipper: { script: options.clipperScript ?? CLIPPER_SCRIPT, environment: childEnvironment(config) },
    surroundings: {
      store: config.store,
      logLevel: config.logLevel,
      ...(config.ffmpegPath !== undefined && { ffmpegPath: config.ffmpegPath }),
    },
  }
}
