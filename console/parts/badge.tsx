import type { Tone } from '../state/recording-words.ts'

interface BadgeProps {
  readonly label: string
  readonly tone: Tone
  readonly title?: string | undefined
}

/** A state in one word, with a dot in its colour. */
export function Badge({ label, tone, title }: BadgeProps) {
  return (
    <span class={`badge tone-${tone}`} title={title}>
      <span class="badge-dot" aria-hidden="true" />
      {label}
    </span>
  )
}
