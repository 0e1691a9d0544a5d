import { useEffect, useRef, useState } from 'preact/hooks'
import { GalleryPage } from '../highlights/gallery-page.tsx'
import { HighlightDialog } from '../highlights/highlight-dialog.tsx'
import { RecapDialog } from '../highlights/recap-dialog.tsx'
import { Icon } from '../parts/icons.tsx'
import { ShortcutsSwitch } from '../parts/shortcuts-switch.tsx'
import { type Place, SessionContext, usePlace, useSession } from '../state/hooks.ts'
import { type Ground, galleryLink } from '../state/route.ts'
import { Session } from '../state/session.ts'
import { applyTheme, nextTheme, readTheme } from '../state/theme.ts'
import { ListPage } from './list-page.tsx'
import { RecordingPage } from './recording-page.tsx'
import { SignIn } from './sign-in.tsx'

export function App() {
  const [session] = useState(() => new Session())
  useEffect(() => {
    void session.follow()
    return () => session[Symbol.dispose]()
  }, [session])
  return (
    <SessionContext.Provider value={session}>
      {/* A button, because a link would change the hash, which is the route. */}
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <Window />
    </SessionContext.Provider>
  )
}

function Window() {
  const place = usePlace()
  useFocusOnArrival(place.ground)
  return (
    <>
      <Header ground={place.ground} />
      <main id="main" tabIndex={-1}>
        <Page place={place} />
      </main>
      <footer class="footer">
        <ShortcutsSwitch />
      </footer>
    </>
  )
}

/** Moves the focus to a page that was gone to: the link that led there is gone, and a screen reader reads on from `main`. */
function useFocusOnArrival(ground: Ground): void {
  const spot = ground.page === 'recording' ? ground.id : ground.page
  const shown = useRef(spot)
  useEffect(() => {
    if (shown.current !== spot) focusMain()
    shown.current = spot
  }, [spot])
}

function Page({ place }: { readonly place: Place }) {
  const [, { signInNeeded }] = useSession()
  if (signInNeeded) return <SignIn />
  return (
    <>
      <GroundPage ground={place.ground} />
      <Above place={place} />
    </>
  )
}

function GroundPage({ ground }: { readonly ground: Ground }) {
  switch (ground.page) {
    case 'recording':
      return <RecordingPage key={ground.id} id={ground.id} />
    case 'highlights':
      return <GalleryPage filter={ground.filter} />
    case 'recordings':
      return <ListPage key={ground.filter} filter={ground.filter} />
  }
}

/** The dialog over the page; closing it leads back to the page, which stayed as it was. */
function Above({ place: { route, opened } }: { readonly place: Place }) {
  const close = () => {
    if (opened) history.back()
    else location.replace(galleryLink({}))
  }
  if (route.page === 'highlight') return <HighlightDialog key={route.id} id={route.id} onClose={close} />
  if (route.page === 'recap') return <RecapDialog key={route.id} id={route.id} onClose={close} />
  return null
}

function Header({ ground }: { readonly ground: Ground }) {
  const [, { connection, signInNeeded }] = useSession()
  const inGallery = ground.page === 'highlights'
  return (
    <header class="header">
      <a class="brand" href="#/recordings" aria-label="Panorec, all recordings">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <span>Panorec</span>
      </a>
      <nav class="places" aria-label="Places">
        <a class="header-link" href="#/recordings" aria-current={inGallery ? undefined : 'page'}>
          Recordings
        </a>
        <a class="header-link" href="#/highlights" aria-current={inGallery ? 'page' : undefined}>
          Highlights
        </a>
      </nav>
      <span class={`connection connection-${signInNeeded ? 'connecting' : connection}`} role="status">
        {signInNeeded ? 'Signed out' : CONNECTION_WORDS[connection]}
      </span>
      <a class="header-link" href="./docs">
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

function focusMain(): void {
  document.getElementById('main')?.focus({ preventScroll: true })
}
