/** For the environment of a child that gets nothing else of this process: where Node keeps what it compiled, if the run has a place. */
export function compileCache(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE: folder } = process.env
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}
