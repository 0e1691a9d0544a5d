/** A participant that no process holds any more, and the signal that brought it in. */
export interface GoneParticipant {
  readonly room: string
  readonly participant: string
  readonly joinedSeq: number
}

/** Whose connections to look for: those that come back after a break, or those whose process has died. */
export type Claimable = 'released' | 'orphaned'

/**
 * Who is present over which process of the hub. A process holds participants for as long as it renews its lease; what
 * it released stays for the grace, so that its owner can come back over any process.
 */
export interface RoomPresence {
  /** A connection of `owner` at this process brought the participant in by the signal `joinedSeq`. */
  hold(
    room: string,
    participant: string,
    by: { readonly owner: string; readonly joinedSeq: number; readonly leaseMs: number },
  ): Promise<void>
  /** This process holds what `owner` brought in from now on. Resolves with the participants. */
  claim(room: string, owner: string, what: Claimable, leaseMs: number): Promise<readonly string[]>
  /** No connection of this process holds the participant: it is gone after the grace unless another process does. */
  release(room: string, participant: string, graceMs: number): Promise<void>
  /** The participant left by the signal `leftSeq`, wherever it was held. */
  forget(room: string, participant: string, leftSeq: number): Promise<void>
  /** What this process holds stays for `leaseMs` from now. */
  renew(leaseMs: number): Promise<void>
  /** Participants that are gone. Each is named again until it is forgotten. */
  gone(): Promise<readonly GoneParticipant[]>
}
