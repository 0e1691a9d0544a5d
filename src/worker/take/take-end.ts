import type { AppError } from '../../protocol/index.ts'

/**
 * `ended`: as it was asked for, and it is written. `superseded`: another worker has the recording. `handed-over`: to the next
 * take, at the switch time.
 */
export type TakeEnd =
  | { readonly kind: 'ended' | 'superseded' | 'handed-over'; readonly error: AppError | null }
  | { readonly kind: 'interrupted'; readonly at: string; readonly error: AppError }
