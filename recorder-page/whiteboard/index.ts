/**
 * Draws a page of the room's whiteboard into one canvas, and redraws only what changed. It decides nothing about the page:
 * the room reducer settles which version of an element counts and which page is current.
 */
export type { BoardImagesOptions } from './board-images.ts'
export { BoardView } from './board-view.ts'
