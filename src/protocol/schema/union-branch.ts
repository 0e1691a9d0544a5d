import { isObject, type Schema } from './schema-words.ts'

/**
 * The branch of a union that a value most likely means, so that its error is reported instead of "must match anyOf".
 * Objects are told apart by the property that is a constant in every branch, else by the names that they share and lack.
 */
export function branchFor(branches: readonly Schema[], value: unknown): Schema {
  if (branches.every((branch) => branch.const !== undefined)) return { enum: branches.map((branch) => branch.const) }
  const sameType = branches.filter((branch) => branch.type === jsonType(value))
  const objects = sameType.length > 0 ? sameType : branches
  const [only] = objects
  if (objects.length === 1 && only) return only
  if (!isObject(value)) return { type: 'object' }
  const key = discriminator(objects)
  return key === undefined ? mostAlike(objects, value) : byConstant(objects, key, value[key])
}

function byConstant(branches: readonly Schema[], key: string, received: unknown): Schema {
  const chosen = branches.find((branch) => branch.properties?.[key]?.const === received)
  if (chosen) return chosen
  const constants = branches.map((branch) => branch.properties?.[key]?.const)
  return { type: 'object', required: [key], properties: { [key]: { enum: constants } } }
}

function discriminator(branches: readonly Schema[]): string | undefined {
  const [firstBranch, ...rest] = branches
  return Object.keys(firstBranch?.properties ?? {}).find((key) => {
    const constants = [firstBranch, ...rest].map((branch) => branch?.properties?.[key]?.const)
    return !constants.includes(undefined) && new Set(constants).size === constants.length
  })
}

function mostAlike(branches: readonly Schema[], value: Record<string, unknown>): Schema {
  const likeness = (branch: Schema) =>
    Object.keys(value).filter((key) => Object.hasOwn(branch.properties ?? {}, key)).length -
    (branch.required ?? []).filter((key) => !Object.hasOwn(value, key)).length
  return branches.reduce((best, branch) => (likeness(branch) > likeness(best) ? branch : best))
}

function jsonType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
