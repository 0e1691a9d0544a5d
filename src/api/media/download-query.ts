import Type from 'typebox'

/** The query of media. Unknown parameters are ignored, because players add some of their own. */
export const DownloadQuery = Type.Object({
  download: Type.Optional(Type.Enum(['1'], { description: 'answers as a file to save, with a good name' })),
})
