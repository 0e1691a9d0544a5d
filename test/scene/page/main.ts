const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const waiting = new Map<number, PromiseWithResolvers<unknown>>()
let lastId = 0

worker.onmessage = ({ data }: MessageEvent<{ id: number; value?: unknown; error?: string }>) => {
  const call = waiting.get(data.id)
  waiting.delete(data.id)
  if (data.error === undefined) call?.resolve(data.value)
  else call?.reject(new Error(data.error))
}
worker.onerror = (event) => {
  for (const call of waiting.values()) call.reject(new Error(event.message))
}

/** Calls the worker, for the test that drives this page. */
function callWorker(call: string, argument: unknown): Promise<unknown> {
  const id = ++lastId
  const answer = Promise.withResolvers<unknown>()
  waiting.set(id, answer)
  worker.postMessage({ id, call, argument })
  return answer.promise
}

Object.assign(globalThis, { callWorker })
