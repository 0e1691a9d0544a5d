import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { stringify } from 'safe-stable-stringify'
import { AppError, toAppError } from '../protocol/index.ts'
import type { IdempotencyKeys } from '../recording/index.ts'
import { logError, pathOf } from './problems.ts'

const KEY = /^[\x21-\x7e]{1,255}$/

/**
 * Makes a POST idempotent: a repetition with the same `Idempotency-Key` gets the first answer again, and nothing is done
 * twice. What failed had no effect, so its key is free again. A service that dies after its work and before its answer is
 * stored does the work again (at least once): `run` gets a text that is the same for the repetition, to deduplicate by.
 * Errors: those of `run`, `idempotency.conflict`, `idempotency.in-progress`.
 */
export async function answerOnce(
  keys: IdempotencyKeys,
  {
    request,
    reply,
    status,
  }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly status: number },
  run: (once: string | undefined) => Promise<unknown>,
): Promise<FastifyReply> {
  const key = readKey(request)
  if (key === undefined) return reply.code(status).send(await run(undefined))
  const fingerprint = fingerprintOf(request)
  const claim = await keys.claim(key, fingerprint)
  if (claim.kind === 'replay') return reply.header('idempotency-replayed', 'true').code(claim.status).send(claim.body)
  const body = await run(`api-${sha256(`${key}\n${fingerprint}`)}`).catch(async (error: unknown) => {
    await keys.release(key)
    throw error
  })
  // The work is done: the caller gets its answer even when the key cannot be kept for a repetition.
  await keys.complete(key, status, body).catch((thrown: unknown) => {
    logError(request.log, toAppError(thrown), { idempotencyKey: key })
  })
  return reply.code(status).send(body)
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
