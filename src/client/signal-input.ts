import type { Signal } from '../protocol/index.ts'

/** A signal as it is sent: the service dates it when it carries no `at`. */
export type SignalInput = Signal extends infer S ? (S extends Signal ? Omit<S, 'at'> & { at?: number } : never) : never
