import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'

interface ModalProps {
  /** The id of its heading. */
  readonly labelledBy: string
  /** Called once, when the dialog is left by Esc, by its cross or by a press beside it. */
  readonly onClose: () => void
  readonly wide?: boolean
  readonly children: ComponentChildren
}

/** A dialog that is open for as long as it is rendered. The browser keeps the focus in it and gives it back afterwards. */
export function Modal({ labelledBy, onClose, wide = false, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // The dialog itself, not its first button: a screen reader reads its name, and no key presses a button by mistake.
    element?.focus()
    return () => element?.close()
  }, [])
  const onCancel = (event: Event) => {
    event.preventDefault()
    onClose()
  }
  const onPress = (event: Event) => {
    if (event.target === dialog.current) onClose()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc does what a press beside the dialog does
    <dialog
      ref={dialog}
      class={`dialog modal${wide ? ' modal-wide' : ''}`}
      tabIndex={-1}
      aria-labelledby={labelledBy}
      onCancel={onCancel}
      onClick={onPress}
    >
      <div class="modal-body">
        <button
          type="button"
          class="icon-button modal-close"
          aria-label="Close (Esc)"
          title="Close (Esc)"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
        {children}
      </div>
    </dialog>
  )
}
