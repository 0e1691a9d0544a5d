/**
 * Chrome and the recorder page in it: launched, served, linked, and its clock. It needs nothing of a take to be opened, and knows no
 * store, no spool and no signal. What it imports is loaded before Chrome starts, so it is little: no schema, for one.
 */
export { findChrome } from './chrome-path.ts'
export { OpenPage } from './open-page.ts'
export { clockShiftMs } from './page-clock.ts'
export { PageLink } from './page-link.ts'
