import { prepareDemoFilms } from '../../test/demo/films.ts'

/** Vitest's global set-up of the tests that start browsers: the demo's films are drawn once, before its two test files both want them. */
export default async function prepareFilms(): Promise<void> {
  await prepareDemoFilms()
}
