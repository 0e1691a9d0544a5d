import { expect, test } from 'vitest'
import { createOutboundPolicy } from '../../src/outbound/index.ts'

const PROTOCOLS = ['http:', 'https:']
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['203.0.114.7', '2a00:1450::1'],
  'mixed.example': ['203.0.114.7', '10.0.0.8'],
  'inner.example': ['192.168.1.10'],
  localhost: ['127.0.0.1', '::1'],
  'empty.example': [],
}
const resolve = async (host: string): Promise<readonly string[]> => {
  const addresses = NAMES[host]
  if (addresses) return addresses
  throw new Error(`getaddrinfo ENOTFOUND ${host}`)
}
const codeOf = (url: string, allowPrivateHosts: readonly string[] = []) =>
  createOutboundPolicy({ allowPrivateHosts, resolve })
    .check(url, { protocols: PROTOCOLS })
    .then(
      () => 'allowed',
      (error) => error.code,
    )

test.each([
  'https://public.example/live.m3u8',
  'http://public.example:8080/',
  'https://8.8.8.8/',
  'https://[2a00:1450::1]/',
  'https://public.example./',
])('allows the public %s', async (url) => {
  expect(await codeOf(url)).toBe('allowed')
})

test.each([
  ['loopback', 'http://127.0.0.1/'],
  ['loopback by name', 'http://localhost:8080/'],
  ['loopback far up', 'http://127.255.1.2/'],
  ['loopback in decimal', 'http://2130706433/'],
  ['loopback in hex', 'http://0x7f000001/'],
  ['loopback in octal', 'http://0177.0.0.1/'],
  ['loopback shortened', 'http://127.1/'],
  ['loopback in full-width digits', 'http://１２７.０.０.１/'],
  ['loopback in IPv6', 'http://[::1]/'],
  ['loopback mapped into IPv6', 'http://[::ffff:127.0.0.1]/'],
  ['loopback mapped into IPv6 in hex', 'http://[::ffff:7f00:1]/'],
  ['loopback compatible with IPv6', 'http://[::127.0.0.1]/'],
  ['loopback through NAT64', 'http://[64:ff9b::127.0.0.1]/'],
  ['a private address through local NAT64', 'http://[64:ff9b:1::10.0.0.1]/'],
  ['loopback through 6to4', 'http://[2002:7f00:1::]/'],
  ['Teredo', 'http://[2001:0:1::1]/'],
  ['the unspecified address', 'http://0.0.0.0/'],
  ['the unspecified IPv6 address', 'http://[::]/'],
  ['10/8', 'http://10.1.2.3/'],
  ['172.16/12', 'http://172.31.0.1/'],
  ['192.168/16', 'http://192.168.0.1/'],
  ['the cloud metadata address', 'http://169.254.169.254/latest/meta-data'],
  ['link-local IPv6', 'http://[fe80::1]/'],
  ['unique local IPv6', 'http://[fd00:ec2::254]/'],
  ['carrier-grade NAT', 'http://100.64.0.1/'],
  ['multicast', 'http://224.0.0.1/'],
  ['multicast IPv6', 'http://[ff02::1]/'],
  ['broadcast', 'http://255.255.255.255/'],
  ['a reserved address', 'http://240.0.0.1/'],
  ['a documentation address', 'http://192.0.2.1/'],
  ['a name that resolves inside', 'https://inner.example/'],
  ['a name of which one address is inside', 'https://mixed.example/'],
])('refuses %s', async (_name, url) => {
  expect(await codeOf(url)).toBe('url.private-address')
})

test.each([
  ['by its name', 'https://inner.example/', 'INNER.example'],
  ['by its address', 'https://inner.example/', '192.168.1.10'],
  ['by its range', 'https://inner.example/', '192.168.0.0/16'],
  ['by a range that its mapped spelling falls in', 'http://[::ffff:192.168.1.10]/', '192.168.0.0/16'],
  ['by an IPv6 address', 'http://[::1]/', '::1'],
  ['by everything', 'http://169.254.169.254/', '*'],
])('an operator allows a host %s', async (_name, url, entry) => {
  expect(await codeOf(url)).toBe('url.private-address')
  expect(await codeOf(url, [entry])).toBe('allowed')
})

test('allowing one address of a name does not allow its others', async () => {
  expect(await codeOf('http://localhost/', ['127.0.0.1'])).toBe('url.private-address')
  expect(await codeOf('http://localhost/', ['127.0.0.0/8', '::1'])).toBe('allowed')
})

test.each([
  ['no URL', 'live.m3u8'],
  ['another protocol', 'file:///etc/passwd'],
  ['a script', 'javascript:alert(1)'],
  ['a user and password', 'https://amy:secret@public.example/'],
  ['no host', 'http://'],
])('refuses %s', async (_name, url) => {
  expect(await codeOf(url, ['*'])).toBe('url.invalid')
})

test.each(['https://nowhere.example/', 'https://empty.example/'])(
  'a name that does not resolve is told: %s',
  async (url) => {
    expect(await codeOf(url)).toBe('url.unresolvable')
  },
)

test('the error names the field, the host and the setting that allows it, and never a password', async () => {
  const policy = createOutboundPolicy({ allowPrivateHosts: [], resolve })
  await expect(
    policy.check('http://inner.example/', { protocols: PROTOCOLS, field: '/sources/0/url' }),
  ).rejects.toMatchObject({
    message:
      'The URL in `/sources/0/url` names inner.example, which resolves to a private address; ' +
      'an operator can allow it by naming it in PANOREC_ALLOW_PRIVATE_HOSTS',
    field: '/sources/0/url',
    received: 'inner.example',
  })
  const secret = await policy
    .check('https://a:hunter2@b.example/', { protocols: PROTOCOLS })
    .catch((error: unknown) => error)
  expect(JSON.stringify(secret)).not.toContain('hunter2')
})

test.each(['http://host', '10.0.0.0/99', 'a b', ''])('refuses the setting "%s"', (entry) => {
  expect(() => createOutboundPolicy({ allowPrivateHosts: [entry] })).toThrow('PANOREC_ALLOW_PRIVATE_HOSTS')
})
