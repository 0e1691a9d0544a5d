import { AppError, isErrorCode, type Problem } from '../protocol/index.ts'

export interface ClientOptions {
  /** Where the service is: `http://127.0.0.1:8080`. */
  readonly baseUrl: string
  readonly apiKey?: string
  readonly fetch?: typeof globalThis.fetch
}

export interface CallOptions {
  /** Makes a POST safe to repeat for 24 hours. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

type QueryValue = string | number | readonly string[] | undefined

interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls the service. Errors: an `AppError` with the service's code; a service that does not answer rejects as fetch does. */
export interface Http {
  send(call: Call): Promise<Response>
  json<T>(call: Call): Promise<T>
}

export function createHttp({ baseUrl, apiKey, fetch = globalThis.fetch }: ClientOptions): Http {
  const send = async (call: Call): Promise<Response> => {
    const response = await fetch(urlOf(baseUrl, call), {
      method: call.method,
      headers: {
        ...call.headers,
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
        ...(call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey }),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      ...(call.signal && { signal: call.signal }),
    })
    if (response.ok) return response
    throw await problemError(response)
  }
  return {
    send,
    json: async <T>(call: Call) => (await (await send(call)).json()) as T,
  }
}

/** A link of the service below its base URL, whose path stays in front; an absolute link is returned unchanged. */
export function absoluteLink(baseUrl: string, link: string): string {
  return URL.canParse(link) ? link : `${baseUrl.replace(/\/$/, '')}${link}`
}

function urlOf(baseUrl: string, { path, query = {} }: Pick<Call, 'path' | 'query'>): URL {
  const url = new URL(absoluteLink(baseUrl, path))
  for (const [name, value] of Object.entries(query)) {
    for (const item of value === undefined ? [] : [value].flat()) url.searchParams.append(name, String(item))
  }
  return url
}

/** What something in between answers while the service behind it is away (RFC 9110 §15.6.3 to §15.6.5). */
const AWAY = [502, 503, 504]

/** A refusal as the error it was on the other side. Of something in between: `service.unreachable`, else `internal`. */
async function problemError(response: Response): Promise<AppError> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  const problem = isProblem ? ((await response.json()) as Problem) : undefined
  if (!problem || !isErrorCode(problem.code)) {
    const text = `${response.url} answered ${response.status}, and not with a problem document of Panorec`
    const code = !problem && AWAY.includes(response.status) ? 'service.unreachable' : 'internal'
    return new AppError(code, problem?.detail ?? text, { details: { status: response.status, problem } })
  }
  return new AppError(problem.code, problem.detail, {
    received: problem.received,
    details: { ...problem.details, traceId: problem.traceId },
    ...(problem.field !== undefined && { field: problem.field }),
    ...(problem.allowed !== undefined && { allowed: problem.allowed }),
  })
}
