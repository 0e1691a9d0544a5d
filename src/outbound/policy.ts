import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { AppError } from '../protocol/index.ts'
import { type AddressRules, parseRules } from './address-rules.ts'

interface OutboundCheck {
  /** Protocols with their colon: `['https:', 'http:']`. */
  readonly protocols: readonly string[]
  /** The caller's field, as it shall be named in an error: `/sources/0/url`. */
  readonly field?: string
}

/** Decides whether the service may connect to where a caller's URL leads. */
export interface OutboundPolicy {
  /**
   * Resolves with the parsed URL when every address of its host is public or allowed. A name may resolve otherwise a
   * moment later (DNS rebinding): who connects by `lookup` too is safe from that; what loads in a browser is not.
   * Errors: `url.invalid`, `url.private-address`, `url.unresolvable`.
   */
  check(url: string, options: OutboundCheck): Promise<URL>
  /**
   * Resolves a name for a connection of Node, and judges the very addresses that it connects to. An address in the URL itself is
   * never looked up: `check` has judged it. Errors: `url.private-address`, `url.unresolvable`.
   */
  readonly lookup: LookupFunction
}

interface OutboundOptions {
  /** Host names, IP addresses, CIDR ranges; `*` allows everything. */
  readonly allowPrivateHosts: readonly string[]
  /** Every address of a host name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

/** Errors: `config.invalid` for an entry of `allowPrivateHosts` that is no host name, address, range or `*`. */
export function createOutboundPolicy({ allowPrivateHosts, resolve = resolveAll }: OutboundOptions): OutboundPolicy {
  const rules = parseRules(allowPrivateHosts)
  const judged = async (host: string, named: Named): Promise<readonly string[]> => {
    const addresses = await addressesOf(host, rules, resolve, named)
    if (!rules.allowsHost(host)) for (const address of addresses) requireAllowed(address, host, rules, named)
    return addresses
  }
  return {
    async check(text, { protocols, field }) {
      const named = field === undefined ? {} : { field }
      const url = parseUrl(text, protocols, named)
      const host = plainHost(url.hostname.replace(/^\[|\]$/g, ''))
      if (!rules.allowsHost(host)) await judged(host, named)
      return url
    },
    lookup(host, { all, family }, callback) {
      judged(plainHost(host), {}).then(
        (addresses) => {
          const wanted = addresses
            .map((address) => ({ address, family: isIP(address) }))
            .filter((each) => family === undefined || [0, each.family, `IPv${each.family}`].includes(family))
          const [first] = wanted
          if (first === undefined) callback(unresolvable(host, {}, undefined), '')
          else if (all) callback(null, wanted)
          else callback(null, first.address, first.family)
        },
        (error: Error) => callback(error, ''),
      )
    },
  }
}

/** Without the dot of a full name. */
function plainHost(host: string): string {
  return host.replace(/\.$/, '')
}

type Named = { readonly field?: string }

function parseUrl(text: string, protocols: readonly string[], named: Named): URL {
  const allowed = `an absolute URL with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`
  const refuse = (why: string, received: string) =>
    new AppError('url.invalid', `${subject(named)} ${why}; give ${allowed}`, { ...named, received, allowed })
  const url = URL.parse(text)
  if (!url) throw refuse('is not a URL', text.slice(0, 100))
  if (!protocols.includes(url.protocol)) throw refuse(`has the protocol ${url.protocol}`, url.protocol)
  if (url.username !== '' || url.password !== '') throw refuse('carries a user name or password', '[hidden]')
  if (url.hostname === '') throw refuse('names no host', text.slice(0, 100))
  return url
}

async function addressesOf(
  host: string,
  rules: AddressRules,
  resolve: (host: string) => Promise<readonly string[]>,
  named: Named,
): Promise<readonly string[]> {
  if (rules.isAddress(host)) return [host]
  try {
    const addresses = await resolve(host)
    if (addresses.length > 0) return addresses
  } catch (cause) {
    throw unresolvable(host, named, cause)
  }
  throw unresolvable(host, named, undefined)
}

function unresolvable(host: string, named: Named, cause: unknown): AppError {
  const message = `${subject(named)} names the host ${host}, which does not resolve; check the name and the DNS`
  return new AppError('url.unresolvable', message, { ...named, received: host, cause })
}

function requireAllowed(address: string, host: string, rules: AddressRules, named: Named): void {
  const range = rules.forbiddenRange(address)
  if (range === undefined) return
  const where = address === host ? `is a ${range} address` : `resolves to a ${range} address`
  const hint = `an operator can allow it by naming it in PANOREC_ALLOW_PRIVATE_HOSTS`
  throw new AppError('url.private-address', `${subject(named)} names ${host}, which ${where}; ${hint}`, {
    ...named,
    received: host,
    allowed: 'a host with public addresses only',
  })
}

function subject(named: Named): string {
  return named.field === undefined ? 'The URL' : `The URL in \`${named.field}\``
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
