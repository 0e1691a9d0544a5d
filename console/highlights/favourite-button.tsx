import { useState } from 'preact/hooks'
import type { Highlight } from '../../src/protocol/index.ts'
import { Icon } from '../parts/icons.tsx'
import { wordsOf } from '../state/api.ts'
import { setFavourite } from '../state/highlight-calls.ts'
import { titleOfHighlight } from '../state/highlight-words.ts'
import { useSession } from '../state/hooks.ts'

/** Marks and unmarks at once; an error of the service undoes the change and is passed to `onError`. */
export function useFavourite(highlight: Highlight, onError: (words: string | undefined) => void) {
  const [session] = useSession()
  const [busy, setBusy] = useState(false)
  return async () => {
    if (busy) return
    setBusy(true)
    onError(undefined)
    try {
      await setFavourite(session, highlight, !highlight.favourite)
    } catch (thrown) {
      onError(wordsOf(thrown))
    } finally {
      setBusy(false)
    }
  }
}

export function FavouriteButton(props: {
  readonly highlight: Highlight
  readonly onError: (words: string | undefined) => void
}) {
  const toggle = useFavourite(props.highlight, props.onError)
  const { favourite } = props.highlight
  const label = `Favourite: ${titleOfHighlight(props.highlight)}`
  return (
    <button type="button" class="heart" aria-pressed={favourite} aria-label={label} title="Favourite" onClick={toggle}>
      <Icon name={favourite ? 'heart' : 'heartLine'} />
    </button>
  )
}
