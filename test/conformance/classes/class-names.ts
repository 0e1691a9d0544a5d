export type ClassName = 'steady' | 'eventful'
/** What was told of a class, and the data folder of the service that recorded it, in the class's folder. */
export const STORY = 'story.json'
export const DATA = 'data'
