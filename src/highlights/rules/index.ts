/**
 * Decides when a rule of a recording asks for a highlight, from the room's signals and the loudness of the mix. Pure: its
 * only clock is the time that signals and readings carry, so the same room gives the same highlights again.
 */
export { needsLoudness, type RuleMoment, RuleWatch } from './rule-watch.ts'
