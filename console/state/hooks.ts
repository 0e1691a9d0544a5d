import { createContext } from 'preact'
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import { repeat } from '../../src/timing/index.ts'
import { type Ground, isGround, parseRoute, type Route } from './route.ts'
import { Session, type SessionView } from './session.ts'

export const SessionContext = createContext(new Session())

/** The page's session and its present view; renders again whenever the view changes. */
export function useSession(): readonly [Session, SessionView] {
  const session = useContext(SessionContext)
  const [view, setView] = useState(session.view)
  useEffect(() => {
    setView(session.view)
    return session.subscribe(() => setView(session.view))
  }, [session])
  return [session, view]
}

/** Where the reader is, and the view that fills the window below it. */
export interface Place {
  readonly route: Route
  readonly ground: Ground
  /** True when the view below was open before: going back leads to it. */
  readonly opened: boolean
}

export function usePlace(): Place {
  const [route, setRoute] = useState(() => parseRoute(location.hash))
  const ground = useRef<Ground>(undefined)
  useEffect(() => {
    const onChange = () => setRoute(parseRoute(location.hash))
    addEventListener('hashchange', onChange)
    return () => removeEventListener('hashchange', onChange)
  }, [])
  if (isGround(route)) ground.current = route
  const opened = ground.current !== undefined
  return { route, ground: ground.current ?? { page: 'highlights', filter: {} }, opened }
}

/** Wall time, updated every `everyMs`, for ages and running durations. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const clock = repeat({ everyMs, work: () => setNow(Date.now()) })
    return () => clock[Symbol.dispose]()
  }, [everyMs])
  return now
}

/** The service's clock, updated every `everyMs`, for countdowns. */
export function useServiceNow(everyMs: number): number {
  const session = useContext(SessionContext)
  useNow(everyMs)
  return session.nowMs()
}

const REDUCED_MOTION = matchMedia('(prefers-reduced-motion: reduce)')

/** False when the device asks for reduced motion. */
export function useMotionAllowed(): boolean {
  const [allowed, setAllowed] = useState(!REDUCED_MOTION.matches)
  useEffect(() => {
    const onChange = () => setAllowed(!REDUCED_MOTION.matches)
    REDUCED_MOTION.addEventListener('change', onChange)
    return () => REDUCED_MOTION.removeEventListener('change', onChange)
  }, [])
  return allowed
}

/** Calls `onKey` with every key press of the window for as long as the caller is shown. */
export function useKeys(onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey)
  latest.current = onKey
  useEffect(() => {
    const listener = (event: KeyboardEvent) => latest.current(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
}

/** Loads the recordings that are not known yet; one that is gone stays unknown. */
export function useRecordings(ids: readonly string[]): void {
  const [session, { library, arrival }] = useSession()
  const missing = [...new Set(ids)]
    .filter((id) => !library.has(id))
    .sort()
    .join(' ')
  useEffect(() => {
    for (const id of missing === '' ? [] : missing.split(' ')) {
      session.keep((recordings) => recordings.get(id)).catch(() => undefined)
    }
    // `arrival` is a dependency: it loads again when the service is back.
  }, [session, missing, arrival])
}
