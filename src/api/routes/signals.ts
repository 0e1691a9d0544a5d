import { randomUUID } from 'node:crypto'
import Type, { type TSchema } from 'typebox'
import { checkSignal, checkSignalSize } from '../../hub/index.ts'
import {
  AppError,
  MAX_SIGNAL_BYTES,
  ProblemSchema,
  SIGNAL_SCHEMAS,
  type Signal,
  UnknownSignalSchema,
} from '../../protocol/index.ts'
import { answerOnce } from '../idempotency.ts'
import { RecordingParameters, recordingIdOf } from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const MAX_SIGNALS = 1000
/** Room for one signal of the largest size and its wrapping; a batch of them comes in several requests. */
const BODY_LIMIT = MAX_SIGNAL_BYTES + 64 * 1024

/** Signals as the API takes them: the service fills in `at` and `id`. */
const SignalInput = Type.Unsafe<unknown>({
  anyOf: [...Object.values(SIGNAL_SCHEMAS), UnknownSignalSchema].map(withoutAt),
})
const Body = Type.Union([SignalInput, Type.Array(SignalInput, { minItems: 1, maxItems: MAX_SIGNALS })])
const AcceptedSchema = Type.Object(
  { ids: Type.Array(Type.String(), { description: 'The ids of the signals, in the order of the request' }) },
  { additionalProperties: false },
)

/** `/v1/recordings/:id/signals`: for rooms that have no signalling server of their own. */
export function signalRoutes(app: Scope, { deps: { recordings, idempotency }, clock }: RouteOptions): void {
  app.post(
    '/v1/recordings/:id/signals',
    {
      bodyLimit: BODY_LIMIT,
      // The schema describes; `checkSignal` decides, by the same rules as in the hub.
      validatorCompiler: () => () => true,
      schema: {
        tags: ['signals'],
        summary: 'Send one signal or a list of them',
        params: RecordingParameters,
        body: Body,
        response: { 202: AcceptedSchema, default: ProblemSchema },
      },
    },
    async (request, reply) => {
      const signals = readSignals(request.body, clock())
      const id = recordingIdOf(request.params)
      return answerOnce(idempotency, { request, reply, status: 202 }, async (once) => {
        const idOf = (index: number) => (once === undefined ? randomUUID() : `${once.key}-${index}`)
        const identified = signals.map((signal, index) => ({ ...signal, id: signal.id ?? idOf(index) }))
        await recordings.sendSignals(id, identified)
        return { ids: identified.map((signal) => signal.id) }
      })
    },
  )
}

function readSignals(body: unknown, nowMs: number): readonly Signal[] {
  if (!Array.isArray(body)) return [readSignal(body === undefined ? {} : body, nowMs, [])]
  if (body.length === 0 || body.length > MAX_SIGNALS) {
    throw new AppError('signal.invalid', `The list must have 1 to ${MAX_SIGNALS} signals, but has ${body.length}`, {
      field: '',
      received: `an array of ${body.length}`,
      allowed: `1 to ${MAX_SIGNALS} signals`,
    })
  }
  return body.map((value, index) => readSignal(value, nowMs, [String(index)]))
}

function readSignal(value: unknown, nowMs: number, path: readonly string[]): Signal {
  const signal = checkSignal(value, nowMs, path)
  checkSignalSize(signal, path)
  return signal
}

function withoutAt(schema: TSchema): TSchema {
  const { required, ...rest } = schema as TSchema & { readonly required?: readonly string[] }
  return { ...rest, required: (required ?? []).filter((name) => name !== 'at') } as TSchema
}
