export const ROOT: string
export function setUp(root?: string, say?: (line: string) => void): void
