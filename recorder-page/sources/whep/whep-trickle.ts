/**
 * The candidates of `now` that `sent` did not have yet, as a body of `application/trickle-ice-sdpfrag` (RFC 8840 §9);
 * null when there are none. Both are session descriptions of the same negotiation, with one bundled transport.
 */
export function buildTrickleFragment(sent: string, now: string): string | null {
  const known = new Set(candidates(sent))
  const late = candidates(now).filter((line) => !known.has(line))
  if (late.length === 0) return null
  const first = (pattern: RegExp) => pattern.exec(now)?.[0] ?? ''
  const head = [/^a=ice-ufrag:.*$/m, /^a=ice-pwd:.*$/m, /^m=.*$/m, /^a=mid:.*$/m].map((pattern) =>
    first(pattern).trim(),
  )
  return `${[...head, ...late, 'a=end-of-candidates'].join('\r\n')}\r\n`
}

function candidates(sdp: string): string[] {
  return [...new Set([...sdp.matchAll(/^a=candidate:.*$/gm)].map(([line]) => line.trim()))]
}
