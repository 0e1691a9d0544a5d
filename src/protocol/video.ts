import Type, { type Static } from 'typebox'

const strict = { additionalProperties: false }

export const VideoSettingsSchema = Type.Object(
  {
    width: Type.Integer({ minimum: 160, maximum: 3840, multipleOf: 2 }),
    height: Type.Integer({ minimum: 90, maximum: 2160, multipleOf: 2 }),
    fps: Type.Integer({ minimum: 5, maximum: 60 }),
    bitrateKbps: Type.Integer({ minimum: 100, maximum: 20000 }),
  },
  strict,
)
/** Pixels, pictures a second, and the mean bit rate that is not exceeded. */
export type VideoSettings = Readonly<Static<typeof VideoSettingsSchema>>

/** The pictures that most ask for, by name. */
export const VIDEO_PROFILES = {
  low: { width: 640, height: 360, fps: 15, bitrateKbps: 500 },
  '720p25': { width: 1280, height: 720, fps: 25, bitrateKbps: 2500 },
  hd: { width: 1920, height: 1080, fps: 25, bitrateKbps: 4500 },
  '1080p30': { width: 1920, height: 1080, fps: 30, bitrateKbps: 5000 },
} as const satisfies Readonly<Record<string, VideoSettings>>
export type VideoProfile = keyof typeof VIDEO_PROFILES
const DEFAULT_PROFILE: VideoProfile = '720p25'

export const VIDEO_PROFILE_NAMES = Object.keys(VIDEO_PROFILES) as VideoProfile[]

/** What a spec says of its picture; the rest comes from the profile. */
export const VideoSpecSchema = Type.Object(
  {
    profile: Type.Optional(
      Type.Enum(VIDEO_PROFILE_NAMES, {
        default: DEFAULT_PROFILE,
        description: `What is not said otherwise: ${VIDEO_PROFILE_NAMES.map(describeProfile).join('; ')}`,
      }),
    ),
    ...Type.Partial(VideoSettingsSchema).properties,
  },
  strict,
)
type VideoSpec = Static<typeof VideoSpecSchema>

function describeProfile(name: VideoProfile): string {
  const { width, height, fps, bitrateKbps } = VIDEO_PROFILES[name]
  return `\`${name}\` ${width} × ${height} at ${fps} pictures a second and ${bitrateKbps} kbit/s`
}

/** What a spec asks for, and the rest from its profile. */
export function videoSettings({ profile = DEFAULT_PROFILE, ...said }: VideoSpec = {}): VideoSettings {
  return { ...VIDEO_PROFILES[profile], ...said }
}
