import { type Client, createClient } from '../client/index.ts'
import { loadConfig } from '../config/index.ts'
import { AppError } from '../protocol/index.ts'

/** Where a command finds its service, and what it shows there. */
export interface RemoteOptions {
  readonly url: string
  readonly key?: string
}

/** A running service as a command sees it. */
export interface Remote {
  readonly client: Client
  /** Answers with the file behind a link. Errors: `highlight.not-ready`, `service.unreachable`. */
  download(link: string): Promise<Response>
}

/**
 * The service at `--url`, called with `--key`, else with `PANOREC_API_KEY`. Errors: `url.invalid`; of its calls those of
 * the service, and `service.unreachable` when there is none.
 */
export function openRemote({ url, key = loadConfig().apiKey }: RemoteOptions): Remote {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new AppError('url.invalid', `\`--url\` must be an http or https URL, but was ${url}`, {
      field: '--url',
      received: url,
      allowed: 'an http or https URL',
    })
  }
  const baseUrl = url.replace(/\/+$/, '')
  const reach: typeof fetch = (input, init) => fetch(input, init).catch((cause: unknown) => unreachable(url, cause))
  return {
    client: createClient({ baseUrl, fetch: reach, ...(key !== undefined && { apiKey: key }) }),
    async download(link) {
      // The key goes to the service that it is for, whatever host its links name.
      const file = baseUrl + link.slice(link.indexOf('/media/'))
      const response = await reach(file, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
      if (response.ok) return response
      await response.body?.cancel()
      throw new AppError('highlight.not-ready', `${file} cannot be downloaded: the service answered ${response.status}`)
    },
  }
}

function unreachable(url: string, thrown: unknown): never {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  const why = cause instanceof Error ? cause.message : String(cause)
  const message = `No service answers at ${url} (${why}): start one with \`panorec serve\`, or say where it is with --url`
  throw new AppError('service.unreachable', message, { field: '--url', received: url })
}
