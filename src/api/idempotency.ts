import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { stringify } from 'safe-stable-stringify'
import { ulid } from 'ulid'
import { AppError, toAppError } from '../protocol/index.ts'
import type { IdempotencyKeys, Once } from '../recording/index.ts'
import { callerOf } from './credentials.ts'
import { logError, pathOf } from './problems.ts'

const KEY = /^[\x21-\x7e]{1,255}$/
/** Idempotency keys are text; ids of signals have at most 64 characters, and an index behind this. */
const ONCE_DIGITS = 40

/**
 * Makes a POST idempotent: a repetition of its caller with the same `Idempotency-Key` gets the first answer again, and nothing
 * is done twice. A key whose request failed is free again. A service that dies after its work and before its answer is stored,
 * or whose database fails in between, does the work again (at least once): `run` gets what is the same for each repetition, to
 * deduplicate by. Errors: those of `run`, `idempotency.conflict`, `idempotency.in-progress`.
 */
export async function answerOnce(
  keys: IdempotencyKeys,
  {
    request,
    reply,
    status,
  }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly status: number },
  run: (once: Once | undefined) => Promise<unknown>,
): Promise<FastifyReply> {
  const key = readKey(request)
  if (key === undefined) return reply.code(status).send(await run(undefined))
  const call = { caller: callerOf(request.headers), key }
  const fingerprint = fingerprintOf(request)
  const claim = await keys.claim(call, fingerprint)
  if (claim.kind === 'replay') return reply.header('idempotency-replayed', 'true').code(claim.status).send(claim.body)
  // The work is done, or has failed: the caller is told so even when the key cannot be kept, or freed, for a repetition.
  const report = (thrown: unknown) => logError(request.log, toAppError(thrown), { idempotencyKey: key })
  const once = onceOf(`${call.caller}\n${key}\n${fingerprint}`, claim.since)
  const body = await run(once).catch(async (error: unknown) => {
    await keys.release(call).catch(report)
    throw error
  })
  await keys.complete(call, status, body).catch(report)
  return reply.code(status).send(body)
}

/** Ids sort by time: the row that a repetition makes gets that of the first call. */
function onceOf(text: string, since: Date): Once {
  const digest = createHash('sha256').update(text).digest()
  let taken = 0
  const fraction = () => (digest[taken++ % digest.length] ?? 0) / 256
  return { key: `api-${digest.toString('hex').slice(0, ONCE_DIGITS)}`, ulid: ulid(since.getTime(), fraction) }
}

function readKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && KEY.test(key)) return key
  const allowed = '1 to 255 visible ASCII characters'
  throw new AppError('request.invalid', `The header \`Idempotency-Key\` must have ${allowed}`, {
    field: 'idempotency-key',
    received: key,
    allowed,
  })
}

/** The fingerprint of a call: equal for equal JSON, whatever the order of the keys and the white space. */
function fingerprintOf(request: FastifyRequest): string {
  return sha256(`${request.method} ${pathOf(request.url)}\n${stringify(request.body ?? null)}`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
