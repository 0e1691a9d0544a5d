/**
 * Draws a page of the room's whiteboard into one canvas, and redraws only what changed. It decides nothing about the
 * page: which element wins, and which page is on show, is the room's business.
 */
export { BoardImages, type BoardImagesOptions } from './board-images.ts'
export { BoardView } from './board-view.ts'
