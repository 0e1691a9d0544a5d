import { Icon } from './icons.tsx'

/** An error in words, announced to screen readers; with its code where there is one. */
export function ErrorNote({ words, code }: { readonly words: string; readonly code?: string }) {
  return (
    <div class="note note-bad" role="alert">
      <Icon name="alert" />
      <span>
        {words}
        {code ? <code class="note-code">{code}</code> : null}
      </span>
    </div>
  )
}
