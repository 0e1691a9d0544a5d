import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../protocol/index.ts'

/** Where to listen, and which settings said so. */
interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly settings: { readonly host: string; readonly port: string }
}

/** Listens, and returns the address that this machine reaches it by. Throws `config.invalid`, naming the setting. */
export async function listen(app: FastifyInstance, address: ListenAddress): Promise<string> {
  try {
    await app.listen({ host: address.host, port: address.port })
  } catch (cause) {
    throw listenError(cause, address)
  }
  const bound = app.server.address() as AddressInfo
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[bound.address] ?? bound.address
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${bound.port}`
}

function listenError(cause: unknown, { host, port, settings }: ListenAddress): AppError {
  const refuse = (message: string, field: string, received: string | number) =>
    new AppError('config.invalid', message, { field, received, cause })
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') {
    const taken = `\`${settings.port}\` ${port} on ${host} is taken by another program`
    return refuse(`${taken}: stop that one, or choose another port.`, settings.port, port)
  }
  if (code === 'EACCES') {
    const rights = `\`${settings.port}\` ${port} needs more rights than this user has`
    return refuse(`${rights}: choose one above 1023.`, settings.port, port)
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return refuse(`\`${settings.host}\` ${host} is not an address of this machine.`, settings.host, host)
  }
  return new AppError('internal', `The process cannot listen on ${host}:${port}.`, { cause })
}
