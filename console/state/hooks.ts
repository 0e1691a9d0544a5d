import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { parseRoute, type Route } from './route.ts'
import { Session, type SessionView } from './session.ts'

export const SessionContext = createContext(new Session())

/** The page's session and what it knows now; renders again whenever that changes. */
export function useSession(): readonly [Session, SessionView] {
  const session = useContext(SessionContext)
  const [view, setView] = useState(session.view)
  useEffect(() => {
    setView(session.view)
    return session.subscribe(() => setView(session.view))
  }, [session])
  return [session, view]
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash))
  useEffect(() => {
    const onChange = () => setRoute(parseRoute(location.hash))
    addEventListener('hashchange', onChange)
    return () => removeEventListener('hashchange', onChange)
  }, [])
  return route
}

/** Wall time that moves on every `everyMs`, for ages and running durations. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
