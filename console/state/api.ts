import { type Client, createClient } from '../../src/client/index.ts'
import { AppError } from '../../src/protocol/index.ts'
import { keepRenewed } from './keep-renewed.ts'
import { serviceUrl } from './service-url.ts'

export interface ServiceLink {
  readonly client: Client
  /**
   * Keeps the media cookie of the stored key alive from the first call on. Resolves when the first renewal has ended; before,
   * media would be refused.
   */
  openMedia(): Promise<void>
  /** Exchanges a key for a session, and uses it from now on; throws when the service refuses it. */
  signIn(key: string): Promise<void>
}

/** The key lives as long as this tab: the media cookie alone does not open the API. */
const KEY = 'panorec.key'

/** Connects to the service that this page came from. `onReach` is called after every call with whether the service answered. */
export function connectService(onReach: (reached: boolean) => void): ServiceLink {
  const fetch: typeof globalThis.fetch = async (...call) => {
    try {
      const response = await globalThis.fetch(...call)
      onReach(true)
      return response
    } catch (error) {
      if (!isAbort(error)) onReach(false)
      throw error
    }
  }
  const open = (apiKey: string | null) =>
    createClient({ baseUrl: serviceUrl(), fetch, ...(apiKey === null ? {} : { apiKey }) })
  let client = open(sessionStorage.getItem(KEY))
  let opened: Promise<void> | undefined
  const renew = async () => {
    if (sessionStorage.getItem(KEY) !== null) await client.openSession()
  }
  return {
    get client() {
      return client
    },
    openMedia() {
      opened ??= keepRenewed(renew)
      return opened
    },
    async signIn(key) {
      const signedIn = open(key)
      await signedIn.openSession()
      sessionStorage.setItem(KEY, key)
      client = signedIn
    },
  }
}

/** The error in words for a person. */
export function wordsOf(error: unknown): string {
  if (error instanceof AppError) return error.message
  return 'The service cannot be reached. This page tries again by itself.'
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof AppError ? error.code : undefined
}

export function isSignInNeeded(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'auth.missing' || error.code === 'auth.invalid')
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
