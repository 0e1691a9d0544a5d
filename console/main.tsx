/**
 * The console: a person's view of the recordings, live and afterwards. It talks to the API through `src/client` and
 * knows nothing else of the service.
 */
import { render } from 'preact'
import '@fontsource-variable/inter'
import './styles/tokens.css'
import './styles/base.css'
import './styles/list.css'
import './styles/recording.css'
import './styles/player.css'
import './styles/modal.css'
import './styles/gallery.css'
import './styles/trigger.css'
import { applyTheme, readTheme } from './state/theme.ts'
import { App } from './views/app.tsx'

applyTheme(readTheme())
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
