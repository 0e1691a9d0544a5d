/** What a player lets the next one do with it. */
export interface Voice {
  pause(): void
  /** Resumes what it did before `pause`. */
  resume(): void
}

const voices: Voice[] = []

/** Gives a player the floor: only one plays at a time. Disposing it gives the floor back to the one before. */
export function takeFloor(voice: Voice): Disposable {
  voices.at(-1)?.pause()
  voices.push(voice)
  return {
    [Symbol.dispose]: () => {
      const hadFloor = voices.at(-1) === voice
      voices.splice(voices.indexOf(voice), 1)
      if (hadFloor) voices.at(-1)?.resume()
    },
  }
}
