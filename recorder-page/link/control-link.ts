import { CONTROL_PATH, type FromPage, type ToPage } from '../../src/protocol/page-link.ts'

/** The page's side of the control link. Without it the page has no purpose, so its end is an error to the caller. */
export class ControlLink {
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Connects and says hello; `onMessage` gets every message from the recorder, in order. */
  static async open(secret: string, onMessage: (message: ToPage) => void): Promise<ControlLink> {
    const socket = new WebSocket(`ws://${location.host}${CONTROL_PATH}`, secret)
    socket.onmessage = (event: MessageEvent<string>) => onMessage(JSON.parse(event.data))
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve()
      socket.onerror = () => reject(new Error('The recorder does not accept the control link'))
    })
    const link = new ControlLink(socket)
    link.send({ type: 'hello' })
    return link
  }

  send(message: FromPage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}
