const PATHS = {
  play: 'M8 5.5v13a.6.6 0 0 0 .92.5l10-6.5a.6.6 0 0 0 0-1l-10-6.5A.6.6 0 0 0 8 5.5Z',
  pause: 'M7 5h3.4v14H7zM13.6 5H17v14h-3.4z',
  volume:
    'M4 9.5v5h3.2L12 18.6V5.4L7.2 9.5zM14.5 8.6a4.6 4.6 0 0 1 0 6.8l1.2 1.3a6.4 6.4 0 0 0 0-9.4zM17 6l1.2-1.3a10 10 0 0 1 0 14.6L17 18a8.2 8.2 0 0 0 0-12Z',
  muted:
    'M4 9.5v5h3.2L12 18.6V5.4L7.2 9.5zM15 9l1.3-1.3 2.2 2.2 2.2-2.2L22 9l-2.2 2.2L22 13.4l-1.3 1.3-2.2-2.2-2.2 2.2-1.3-1.3 2.2-2.2z',
  fullscreen: 'M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z',
  system: 'M4 5h16v11H4zm2 2v7h12V7zM9 18h6v1.8H9z',
  sun: 'M12 7.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM11 2h2v3h-2zM11 19h2v3h-2zM2 11h3v2H2zM19 11h3v2h-3zM4.2 5.6l1.4-1.4 2.1 2.1-1.4 1.4zM16.3 17.7l1.4-1.4 2.1 2.1-1.4 1.4zM4.2 18.4l2.1-2.1 1.4 1.4-2.1 2.1zM16.3 6.3l2.1-2.1 1.4 1.4-2.1 2.1z',
  moon: 'M20 14.6A8.4 8.4 0 0 1 9.4 4 8.4 8.4 0 1 0 20 14.6Z',
  back: 'M14.5 5 7.5 12l7 7 1.5-1.5L10.500 12 16 6.500z',
  copy: 'M8 3h11v13h-2V5H8zM5 7h10v14H5zm2 2v10h6V9z',
  check: 'M9.500 17.200 4.300 12l1.500-1.500 3.700 3.700 8.700-8.700 1.500 1.500z',
  stop: 'M7 7h10v10H7z',
  alert: 'M12 3 22 20.500H2zM11 10v5h2v-5zm0 6.500v2h2v-2z',
  muteMic:
    'M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-5.900-.8L15 11.100V11M4 3l17 17-1.300 1.300L3 4.300zM6 11a6 6 0 0 0 9 5.200l1.300 1.300A7.800 7.800 0 0 1 13 18.900V21h-2v-2.100A8 8 0 0 1 4.100 11z',
} as const

export type IconName = keyof typeof PATHS

/** A 24 × 24 picture in the text's colour; it says nothing to a screen reader, its button does. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  )
}
