import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { SignatureV4 } from '@smithy/signature-v4'
import { s3Error } from './s3-error.ts'
import type { StoreLinks } from './segment-store.ts'
import { assertReadableKey } from './store-key.ts'

type HttpRequest = Parameters<SignatureV4['presign']>[0]
type Place = { readonly Bucket: string; readonly Key: string }

/** The life of a link: one that leaks opens one object for so long. */
const LIFE_SEC = 900
/** Within a step the links to an object are equal, so that caches know the object again; this much of its life is left. */
const STEP_SEC = 300

/** A link signs no body: there is none. */
const UNSIGNED_BODY = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }

/** Links that S3 answers by itself, signed with the client's credentials: the bucket may be private. */
export function createS3Links(client: S3Client, placeOf: (key: string) => Place): StoreLinks {
  const signer = new SignatureV4({
    service: 's3',
    region: client.config.region,
    credentials: client.config.credentials,
    sha256: client.config.sha256,
    uriEscapePath: false,
    applyChecksum: false,
  })
  return {
    async origin() {
      return new URL(urlOf(await buildRequest(client, { ...placeOf('any') }))).origin
    },
    async linkTo(key, { contentType, contentDisposition, cacheControl, nowMs, maxSec = LIFE_SEC }) {
      assertReadableKey(key)
      const stepSec = (nowMs / 1000) % STEP_SEC
      const signing = {
        signingDate: new Date(nowMs - stepSec * 1000),
        expiresIn: Math.max(1, Math.floor(Math.min(LIFE_SEC, maxSec + stepSec))),
      }
      try {
        const request = await buildRequest(client, {
          ...placeOf(key),
          ResponseContentType: contentType,
          ResponseCacheControl: cacheControl,
          ...(contentDisposition !== undefined && { ResponseContentDisposition: contentDisposition }),
        })
        const url = urlOf(await signer.presign(request, signing))
        return { url, freshSec: Math.max(0, Math.min(STEP_SEC, Math.floor(maxSec) - 1)) }
      } catch (error) {
        throw s3Error(`Signing a link to \`${key}\``, key, error)
      }
    },
  }
}

/** What the SDK would send, without the headers that it would add: a link has none. Nothing is sent. */
async function buildRequest(
  client: S3Client,
  input: ConstructorParameters<typeof GetObjectCommand>[0],
): Promise<HttpRequest> {
  const command = new GetObjectCommand(input)
  const built: HttpRequest[] = []
  command.middlewareStack.add(
    () =>
      async ({ request }) => {
        built.push(request as HttpRequest)
        return { response: {}, output: { $metadata: {} } }
      },
    { name: 'takeUnsignedRequest', step: 'finalizeRequest', priority: 'high' },
  )
  await client.send(command)
  const [request] = built
  if (request === undefined) throw new Error('The SDK built no request')
  const { protocol, hostname, port, path, query } = request
  const host = port === undefined ? hostname : `${hostname}:${port}`
  return {
    method: 'GET',
    protocol,
    hostname,
    ...(port !== undefined && { port }),
    path,
    query: query ?? {},
    headers: { host, ...UNSIGNED_BODY },
  }
}

function urlOf({ protocol, hostname, port, path, query }: HttpRequest): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => `${encode(name)}=${encode(each)}`),
  )
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}?${pairs.join('&')}`
}

/** As the signature encodes it: RFC 3986 §2.3 leaves only the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}
