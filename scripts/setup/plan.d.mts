export type Need = 'chrome' | 'ffmpeg' | 'fonts-core' | 'fonts-cjk' | 'fonts-emoji'
/** A folder of dist/. */
export type Bundle = 'recorder-page' | 'console' | 'functions'

export interface Found {
  readonly nodeMajor: number
  /** True when node_modules is what package-lock.json says. */
  readonly dependenciesCurrent: boolean
  /** Settings that name a program which is not there. */
  readonly wrongSettings: readonly { readonly name: string; readonly value: string }[]
  readonly missing: readonly Need[]
  /** True for root on Debian or Ubuntu. */
  readonly canInstall: boolean
  readonly hasApt: boolean
  readonly staleBundles: readonly Bundle[]
}

export type Step =
  | { readonly kind: 'dependencies' }
  | { readonly kind: 'packages'; readonly packages: readonly string[] }
  | { readonly kind: 'bundles'; readonly bundles: readonly Bundle[] }

export interface Plan {
  readonly steps: readonly Step[]
  /** One exact sentence each; when there is one, no step is taken. */
  readonly refusals: readonly string[]
}

export const OLDEST_NODE: number
export const PROJECT_NODE: number
export const NEEDS: Readonly<Record<Need, { readonly title: string; readonly packages: readonly string[] }>>
export function planSetup(found: Found): Plan
export function aptCommands(packages: readonly string[]): string[][]
