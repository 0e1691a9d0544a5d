import Type from 'typebox'
import { AppError, ProblemSchema, RoomTokenRequestSchema, RoomTokenSchema } from '../../protocol/index.ts'
import { RoomParameters } from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const DEFAULT_TTL_SEC = 3600
const tags = ['rooms']

/** `/v1/rooms/:room`: tokens for the hub. The WebSocket itself is served where the server's upgrades arrive. */
export function roomRoutes(app: Scope, options: RouteOptions): void {
  tokenRoute(app, options)
  joinRoute(app)
}

function tokenRoute(app: Scope, { deps: { hub }, clock }: RouteOptions): void {
  app.post(
    '/v1/rooms/:room/tokens',
    {
      schema: {
        tags,
        summary: 'Issue a token that lets its bearer join the room',
        params: RoomParameters,
        body: RoomTokenRequestSchema,
        response: { 201: RoomTokenSchema, default: ProblemSchema },
      },
    },
    async ({ params: { room }, body: { role, identity, ttlSec = DEFAULT_TTL_SEC } }, reply) => {
      const token = hub.tokens.mint({ room, role, identity, ttlSec })
      const expiresAt = new Date(clock() + ttlSec * 1000).toISOString()
      return reply.code(201).send({ token, room, role, identity, expiresAt })
    },
  )
}

function joinRoute(app: Scope): void {
  app.get(
    '/v1/rooms/:room/signals',
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'Join the room over WebSocket',
        description:
          'Subprotocol `panorec.v1`. Text frames, one signal each: first the history after `?after=<seq>`, then what ' +
          'happens. The token goes into `?token=`, the Authorization header, or beside the subprotocol.',
        params: Type.Object({ room: Type.String() }),
        response: { 101: Type.Null(), default: ProblemSchema },
      },
    },
    async (_request, reply) => {
      reply.header('upgrade', 'websocket').header('connection', 'upgrade')
      throw new AppError('request.upgrade-required', 'A room is joined over WebSocket: send an upgrade request', {
        allowed: 'Upgrade: websocket',
      })
    },
  )
}
