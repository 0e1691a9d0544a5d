import Type from 'typebox'

/** What media takes behind the question mark. Anything else is left to players, which add words of their own. */
export const DownloadQuery = Type.Object({
  download: Type.Optional(Type.Enum(['1'], { description: 'answers as a file to save, with a good name' })),
})
