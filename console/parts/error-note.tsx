import { Icon } from './icons.tsx'

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
