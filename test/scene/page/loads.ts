/** How many calls by which images of the whiteboard arrive have not been answered. */
let open = 0

/** Counts the calls of a function that a browser has. Between two of them an image takes no more than microtasks. */
function count<Name extends string, Call extends (...given: never[]) => Promise<unknown>>(
  owner: { [name in Name]: Call },
  name: Name,
): void {
  const call = owner[name]
  owner[name] = async function (this: unknown, ...given: Parameters<Call>) {
    open += 1
    try {
      return await call.apply(this === undefined ? owner : this, given)
    } finally {
      open -= 1
    }
  } as Call
}

count(globalThis, 'fetch')
count(globalThis, 'createImageBitmap')
count(Response.prototype, 'blob')

/** Resolves when every image that was asked for is there. */
export async function allLoaded(): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve))
  while (open > 0)
}
