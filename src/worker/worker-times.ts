import { DEFAULT_ENGINE_TIMES, type EngineTimes } from '../engine/index.ts'

/** The deadlines and intervals of one take. */
export interface TakeTimes {
  /** From the spawn to the first picture. */
  readonly startMs: number
  /** The same for a take that waits to take over. */
  readonly standbyMs: number
  /** From a stop or a failure to the end of the process; then it is killed. Longer than a recorder waits for its store. */
  readonly stopMs: number
  /** The same when the worker itself stops, or the recorder did not start in time. */
  readonly terminateMs: number
  /** How long a recorder goes on after the stop of its worker, for another worker's first picture. */
  readonly overtakeMs: number
  /** A running recorder without a message for so long is dead: it reports its figures every two seconds. */
  readonly silenceMs: number
  /** The same for one whose process is stopped. */
  readonly stoppedMs: number
  /** Between two checks of the silence. */
  readonly silenceCheckMs: number
  /** The figures of a running take are written at most so often. */
  readonly progressMs: number
  /** A database that has not taken the end of a take by then is away: the next take does not wait for it. */
  readonly databaseMs: number
  /** How long the playlists of an ended recording may take to be closed before that becomes a job of its own. */
  readonly finalizeMs: number
}

/** The deadlines of a hand-over from a running take to the next. */
export interface HandoverTimes {
  /** From the request for the positions of the sources to the answer; a page reports each second. */
  readonly positionsMs: number
  /** How long the next take may take to be in step; its page begins as it is after 18 s of that. */
  readonly readyMs: number
  /** How far the switch time lies in the future, so that both pages have it in time. */
  readonly noticeMs: number
  /** The running take is left alone for so long after two failed attempts; each later rest is twice as long. */
  readonly firstRestMs: number
  readonly longestRestMs: number
}

/** Sweeps find what no job and no notification announces; each of them is idempotent, and none overlaps itself. */
export interface SweepTimes {
  /** Recordings that have waited too long for a worker. */
  readonly failWaitingMs: number
  /** Open recordings without a job. */
  readonly requeueMs: number
  /** Scheduled recordings that are due before the next sweep. */
  readonly scheduledMs: number
  /** Webhooks with something due and no job. */
  readonly webhooksMs: number
  /** Highlights that nobody cuts. */
  readonly clipsMs: number
  /** Recordings that are marked as deleted, or expired. */
  readonly deletionsMs: number
  /** Temporary folders of killed workers. */
  readonly workFoldersMs: number
  /** Between two decisions whether one more recording fits, and between two heartbeats of this worker in the registry. */
  readonly admissionMs: number
  /** Expired rows of the database. */
  readonly expiryMs: number
}

/** Polls of the queues, seconds; announcements make them rarely needed. pg-boss takes no less than 0.5. */
export interface PollTimes {
  readonly pollSec: number
  /** Takes of a dead worker are not announced: other workers poll for them. */
  readonly takePollSec: number
  /** Clips and schedules that are tried again are wanted sooner. */
  readonly urgentPollSec: number
  /** Between two heartbeats of a job that is worked on. */
  readonly heartbeatSec: number
}

/** Recorders that wait for their takes. */
export interface SpareTimes {
  /** Between two looks whether enough of them wait. */
  readonly sparesMs: number
  /** Between two measures of their memory. */
  readonly spareMemoryMs: number
  /** How long one may load, and its Chrome start; after that it hangs. */
  readonly spareReadyMs: number
  /** After the last beginning of a take: a start needs the machine for itself. */
  readonly spareAfterMs: number
  /** A machine that is never quiet has to bear the start of a missing one after so long. */
  readonly spareLatestMs: number
  /** How long one without a page waits after the last recording. */
  readonly spareIdleMs: number
}

/** Every interval and time-out of a worker. */
export interface WorkerTimes extends EngineTimes, TakeTimes, HandoverTimes, SweepTimes, PollTimes, SpareTimes {
  /** How long a clip function that was started in advance waits for a job: as long as the longest post-roll. */
  readonly clipperSpareMs: number
  /** How long one that has answered has to exit. */
  readonly clipperExitMs: number
}

export const DEFAULT_WORKER_TIMES: WorkerTimes = {
  ...DEFAULT_ENGINE_TIMES,
  startMs: 30_000,
  standbyMs: 60_000,
  stopMs: 40_000,
  terminateMs: 10_000,
  overtakeMs: 20_000,
  silenceMs: 15_000,
  stoppedMs: 2_500,
  silenceCheckMs: 1_000,
  progressMs: 2_000,
  databaseMs: 1_000,
  finalizeMs: 15_000,
  positionsMs: 5_000,
  readyMs: 28_000,
  noticeMs: 1_000,
  firstRestMs: 30_000,
  longestRestMs: 300_000,
  failWaitingMs: 2_000,
  requeueMs: 5_000,
  scheduledMs: 2_000,
  webhooksMs: 30_000,
  clipsMs: 5_000,
  deletionsMs: 30_000,
  workFoldersMs: 15_000,
  admissionMs: 1_000,
  expiryMs: 3_600_000,
  pollSec: 5,
  takePollSec: 2,
  urgentPollSec: 2,
  heartbeatSec: 2,
  sparesMs: 1_000,
  spareMemoryMs: 30_000,
  spareReadyMs: 60_000,
  spareAfterMs: 5_000,
  spareLatestMs: 30_000,
  spareIdleMs: 600_000,
  clipperSpareMs: 600_000,
  clipperExitMs: 2_000,
}

/** Where one process has the database alone, no other worker can die: only jobs that hang are looked for. */
export const EMBEDDED_WORKER_TIMES: WorkerTimes = { ...DEFAULT_WORKER_TIMES, monitorSec: 30 }
