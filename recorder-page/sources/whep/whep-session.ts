import { AppError } from '../../../src/protocol/app-error.ts'
import { unlessAborted, within } from '../../../src/timing/index.ts'
import { httpError, networkError } from '../driver/source-error.ts'
import { type IceServer, parseIceServers } from './whep-link.ts'
import { buildTrickleFragment } from './whep-trickle.ts'

/** The candidates of this machine's own interfaces are gathered in milliseconds; slower ones follow by PATCH. */
const GATHER_MS = 1000
const REQUEST_TIMEOUT_MS = 5000
/** Removing a source does not wait longer for a server that is gone. */
const DELETE_TIMEOUT_MS = 1000

export interface WhepEndpoint {
  readonly url: string
  readonly token: string | undefined
}

/** The session that a WHEP server made for us. */
export interface WhepResource {
  /** Null when the server named none, or hides it (`Access-Control-Expose-Headers`): then it cannot be deleted. */
  readonly location: string | null
  /** ICE servers the server recommends (draft-ietf-wish-whep, `Link` with `rel="ice-server"`). */
  readonly iceServers: readonly IceServer[]
}

/**
 * Negotiates a receiving session over HTTP (draft-ietf-wish-whep): POST of an offer, 201 with the answer; or 406 with a
 * counter-offer, answered by PATCH. Redirects are followed by `fetch`. Throws `source.refused`, `source.unreachable` or
 * `source.unsupported-media`.
 */
export async function negotiate(
  pc: RTCPeerConnection,
  endpoint: WhepEndpoint,
  signal: AbortSignal,
): Promise<WhepResource> {
  await pc.setLocalDescription(await pc.createOffer())
  await waitForCandidates(pc, signal)
  const offer = pc.localDescription?.sdp ?? ''
  const response = await request(endpoint, { method: 'POST', url: endpoint.url, sdp: offer, signal })
  const resource = readResource(response)
  try {
    const sdp = await response.text()
    if (response.status === 406 && isSdp(sdp)) await acceptCounterOffer(pc, { sdp, resource, endpoint, signal })
    else if (!response.ok) throw httpError('WHEP offer', response.status)
    else await acceptAnswer(pc, sdp)
  } catch (thrown) {
    void deleteResource(resource, endpoint)
    throw thrown
  }
  if (pc.iceGatheringState !== 'complete') void sendLateCandidates(pc, offer, { resource, endpoint, signal })
  return resource
}

/** Deletes the session on the server, also while the page unloads. Never throws: a server that is gone has no session. */
export async function deleteResource(resource: WhepResource, endpoint: WhepEndpoint): Promise<void> {
  if (!resource.location) return
  await fetch(resource.location, {
    method: 'DELETE',
    headers: authorization(endpoint),
    keepalive: true,
    signal: AbortSignal.timeout(DELETE_TIMEOUT_MS),
  }).catch(() => undefined)
}

interface Exchange {
  readonly resource: WhepResource
  readonly endpoint: WhepEndpoint
  readonly signal: AbortSignal
}

async function acceptAnswer(pc: RTCPeerConnection, sdp: string): Promise<void> {
  if (!isSdp(sdp))
    throw new AppError(
      'source.unreachable',
      'The WHEP server answered the offer with something that is not SDP. It is asked again.',
      {
        received: sdp.slice(0, 80),
      },
    )
  await describe(() => pc.setRemoteDescription({ type: 'answer', sdp }))
  if (pc.getTransceivers().every((transceiver) => !transceiver.currentDirection?.startsWith('recv')))
    throw unsupported('The WHEP server offers no codec that Chrome can decode. Use H.264, VP8, VP9 or AV1, and Opus.')
}

async function acceptCounterOffer(
  pc: RTCPeerConnection,
  { sdp, resource, endpoint, signal }: Exchange & { sdp: string },
): Promise<void> {
  if (!resource.location) throw httpError('WHEP offer', 406)
  await pc.setLocalDescription({ type: 'rollback' })
  await describe(() => pc.setRemoteDescription({ type: 'offer', sdp }))
  await pc.setLocalDescription(await pc.createAnswer())
  await waitForCandidates(pc, signal)
  const answer = pc.localDescription?.sdp ?? ''
  const response = await request(endpoint, { method: 'PATCH', url: resource.location, sdp: answer, signal })
  if (!response.ok) throw httpError('WHEP answer', response.status)
}

async function describe(apply: () => Promise<void>): Promise<void> {
  await apply().catch((cause: unknown) => {
    throw unsupported('Chrome cannot use the session description of the WHEP server.', cause)
  })
}

function unsupported(message: string, cause?: unknown): AppError {
  return new AppError('source.unsupported-media', message, {
    cause,
    received: cause instanceof Error ? cause.message : undefined,
  })
}

async function request(
  endpoint: WhepEndpoint,
  { method, url, sdp, signal }: { method: string; url: string; sdp: string; signal: AbortSignal },
): Promise<Response> {
  return fetch(url, {
    method,
    headers: { 'content-type': 'application/sdp', accept: 'application/sdp', ...authorization(endpoint) },
    body: sdp,
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  }).catch((cause: unknown) => {
    throw networkError('WHEP offer', cause)
  })
}

function authorization({ token }: WhepEndpoint): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

function readResource(response: Response): WhepResource {
  const location = response.headers.get('location')
  return {
    location: location === null ? null : (URL.parse(location, response.url)?.href ?? null),
    iceServers: parseIceServers(response.headers.get('link') ?? ''),
  }
}

function isSdp(text: string): boolean {
  return text.startsWith('v=0')
}

async function waitForCandidates(pc: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  if (pc.iceGatheringState === 'complete') return
  const complete = new Promise<void>((resolve) => {
    pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && resolve(), { signal })
  })
  const nothing = () => undefined
  await within(GATHER_MS, unlessAborted(signal, complete, nothing), nothing)
}

/** Sends the candidates gathered after the offer (RFC 9725 §4.3.2); best effort, as a server may not support PATCH. */
async function sendLateCandidates(
  pc: RTCPeerConnection,
  offer: string,
  { resource, endpoint, signal }: Exchange,
): Promise<void> {
  if (!resource.location) return
  while (pc.iceGatheringState !== 'complete' && !signal.aborted) await waitForCandidates(pc, signal)
  const body = buildTrickleFragment(offer, pc.localDescription?.sdp ?? '')
  if (!body || signal.aborted) return
  const headers = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*', ...authorization(endpoint) }
  await fetch(resource.location, { method: 'PATCH', headers, body, signal }).catch(() => undefined)
}
