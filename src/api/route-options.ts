import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Credentials } from './credentials.ts'
import type { ApiDependencies } from './dependencies.ts'

/** The dependencies of a route. */
export interface RouteOptions {
  readonly deps: ApiDependencies
  readonly clock: () => number
  readonly credentials: Credentials
}

/** A part of the application whose routes are typed by their schemas. */
export type Scope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
