import { useEffect, useState } from 'preact/hooks'
import { SessionContext, useRoute, useSession } from '../state/hooks.ts'
import { Session } from '../state/session.ts'
import { applyTheme, nextTheme, readTheme } from '../state/theme.ts'
import { Icon } from './icons.tsx'
import { ListPage } from './list-page.tsx'
import { RecordingPage } from './recording-page.tsx'
import { SignIn } from './sign-in.tsx'

export function App() {
  const [session] = useState(() => new Session())
  useEffect(() => void session.follow(), [session])
  return (
    <SessionContext.Provider value={session}>
      <button type="button" class="skip" onClick={skipToMain}>
        Skip to content
      </button>
      <Header />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
    </SessionContext.Provider>
  )
}

function Page() {
  const [, { signInNeeded }] = useSession()
  const route = useRoute()
  if (signInNeeded) return <SignIn />
  if (route.page === 'recording') return <RecordingPage key={route.id} id={route.id} />
  return <ListPage key={route.filter} filter={route.filter} />
}

function Header() {
  const [, { connection, signInNeeded }] = useSession()
  return (
    <header class="header">
      <a class="brand" href="#/recordings" aria-label="Panorec, all recordings">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <span>Panorec</span>
      </a>
      <span class={`connection connection-${signInNeeded ? 'connecting' : connection}`} role="status">
        {signInNeeded ? 'Signed out' : CONNECTION_WORDS[connection]}
      </span>
      <a class="header-link" href="/docs">
        API
      </a>
      <ThemeButton />
    </header>
  )
}

const CONNECTION_WORDS = {
  connecting: 'Connecting …',
  online: 'Up to date',
  offline: 'Offline, trying again …',
} as const

function ThemeButton() {
  const [theme, setTheme] = useState(readTheme)
  const icons = { system: 'system', light: 'sun', dark: 'moon' } as const
  const change = () => {
    applyTheme(nextTheme(theme))
    setTheme(nextTheme(theme))
  }
  const label = `Colours: ${theme}`
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={change}>
      <Icon name={icons[theme]} />
    </button>
  )
}

/** A link would change the hash, which is the route. */
function skipToMain(): void {
  document.getElementById('main')?.focus()
}
