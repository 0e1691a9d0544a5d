import Type from 'typebox'

/** At most 16 entries; keys like names, values up to 512 characters. */
export const MetadataSchema = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' }),
  Type.String({ maxLength: 512 }),
  { maxProperties: 16, additionalProperties: false },
)
