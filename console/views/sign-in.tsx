import { useState } from 'preact/hooks'
import { ErrorNote } from '../parts/error-note.tsx'
import { useSession } from '../state/hooks.ts'
import { useAttempt } from '../state/use-attempt.ts'

/** Asks for an API key and exchanges it for a session. */
export function SignIn() {
  const [session] = useSession()
  const [key, setKey] = useState('')
  const { error, attempt } = useAttempt()
  const [busy, setBusy] = useState(false)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    if (!(await attempt(() => session.signIn(key.trim())))) setBusy(false)
  }
  return (
    <form class="sign-in" onSubmit={submit}>
      <h1>Sign in</h1>
      <p>
        This service asks for an API key. It is one of the keys of its setting <code>PANOREC_API_KEYS</code>.
      </p>
      <label class="field">
        API key
        <input
          type="password"
          name="key"
          autocomplete="current-password"
          required
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
      </label>
      {error ? <ErrorNote words={error} /> : null}
      <button type="submit" class="button button-main" disabled={busy || key.trim() === ''}>
        {busy ? 'Checking …' : 'Sign in'}
      </button>
    </form>
  )
}
