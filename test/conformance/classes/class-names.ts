export const CLASS_NAMES = ['steady', 'eventful'] as const
export type ClassName = (typeof CLASS_NAMES)[number]
/** What was told of a class, and the data folder of the service that recorded it, in the class's folder. */
export const STORY = 'story.json'
export const DATA = 'data'
