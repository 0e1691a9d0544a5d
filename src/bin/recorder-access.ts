import type { RoomTokens } from '../hub/index.ts'
import type { RoomAccess } from '../recording/index.ts'

/** A recorder's way into its room is valid as long as the longest recording, and a day more. */
const RECORDER_TOKEN_SEC = 8 * 24 * 3600

/** How recorders join rooms of the services at this address. */
export function recorderAccess(tokens: RoomTokens, url: string): RoomAccess {
  return {
    signallingFor: (room, recordingId) => ({
      url: `${url.replace(/^http/, 'ws')}/v1/rooms/${room}/signals`,
      token: tokens.mint({ room, role: 'recorder', identity: `recorder-${recordingId}`, ttlSec: RECORDER_TOKEN_SEC }),
    }),
  }
}
