import ipaddr from 'ipaddr.js'
import { AppError } from '../protocol/index.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

export interface AddressRules {
  isAddress(host: string): boolean
  /** True when the host itself was named, or everything is allowed. */
  allowsHost(host: string): boolean
  /** The name of the range that keeps an address out (`private`, `loopback`…); undefined when it may be used. */
  forbiddenRange(address: string): string | undefined
}

const GLOBAL = ipaddr.IPv6.parse('2000::')
const NAT64 = ipaddr.IPv6.parse('64:ff9b::')
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i

/** Reads the allowed hosts. Errors: `config.invalid`. */
export function parseRules(entries: readonly string[]): AddressRules {
  const names = new Set<string>()
  const ranges: [Address, number][] = []
  for (const entry of entries) {
    const range = parseRange(entry)
    if (range) ranges.push(range)
    else if (entry === '*' || HOST_NAME.test(entry)) names.add(entry.toLowerCase())
    else throw invalidEntry(entry)
  }
  return {
    isAddress: (host) => ipaddr.isValid(host),
    allowsHost: (host) => names.has('*') || names.has(host.toLowerCase()),
    forbiddenRange(text) {
      const address = embedded(ipaddr.parse(text))
      const range = rangeOf(address)
      if (range === 'unicast' || ranges.some((allowed) => contains(allowed, address))) return undefined
      return range
    },
  }
}

/** Of IPv6, only 2000::/3 was ever given out (RFC 4291 §2.4 and the registry of IANA); what else is there is local. */
function rangeOf(address: Address): string {
  const range = address.range()
  return range === 'unicast' && address instanceof ipaddr.IPv6 && !address.match(GLOBAL, 3) ? 'reserved' : range
}

/** The IPv4 address that an IPv6 address stands for, where a router would deliver it there. */
function embedded(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  const bytes = address.toByteArray()
  // NAT64, RFC 6052 §2.1: the last 32 bits of 64:ff9b::/96. 6to4, RFC 3056 §2: the 32 bits after 2002::/16.
  if (address.match(NAT64, 96)) return new ipaddr.IPv4(bytes.slice(12, 16))
  if (address.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6))
  return address
}

function contains([network, bits]: [Address, number], address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits)
}

function parseRange(entry: string): [Address, number] | undefined {
  const text = entry.replace(/^\[|\]$/g, '')
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text)
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

function invalidEntry(entry: string): AppError {
  const allowed = 'host names, IP addresses, CIDR ranges, or *'
  return new AppError('config.invalid', `\`PANOREC_ALLOW_PRIVATE_HOSTS\` must list ${allowed}, but has "${entry}"`, {
    field: 'PANOREC_ALLOW_PRIVATE_HOSTS',
    received: entry,
    allowed,
  })
}
