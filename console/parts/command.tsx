import { CopyButton } from './copy-button.tsx'

/** A command for the terminal, to be copied. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div class="code">
      <pre>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label="Copy the command" />
    </div>
  )
}
