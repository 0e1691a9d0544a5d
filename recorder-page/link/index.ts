/**
 * The page's two connections to its recorder: control as JSON from the main thread, packets in binary from the worker. They
 * carry messages and interpret none of them.
 */
export { ControlLink } from './control-link.ts'
export { PacketLink } from './packet-link.ts'
