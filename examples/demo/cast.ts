/** How a person of the demo class looks: colours of a drawn portrait, and the room behind it. */
export interface Look {
  readonly skin: string
  readonly skinShade: string
  readonly hair: string
  readonly hairStyle: 'bun' | 'long' | 'short'
  readonly eyes: string
  readonly clothes: string
  readonly clothesShade: string
  readonly collar: string
  readonly glasses: boolean
  readonly headphones: boolean
  readonly room: 'classroom' | 'bedroom' | 'study'
}

/** One spoken sentence; `atSec` counts from the start of the loop. */
interface Line {
  readonly atSec: number
  readonly text: string
}

export interface Person {
  readonly id: string
  readonly label: string
  readonly role: 'presenter' | 'participant'
  /** A voice of FFmpeg's `flite` filter, and how much higher than recorded it speaks. */
  readonly voice: { readonly name: 'slt' | 'rms' | 'awb' | 'kal'; readonly pitch: number }
  /** The tone that stands in for the voice when FFmpeg was built without flite, hertz. */
  readonly toneHz: number
  readonly width: number
  readonly height: number
  readonly look: Look
  readonly lines: readonly Line[]
}

/**
 * Every stream of the class repeats after this long, so that nobody ever speaks over somebody else. A whole number of
 * AAC frames at 48 kHz lasts 32 s exactly, so that picture and sound repeat without a seam.
 */
export const LOOP_SEC = 32
export const FPS = 25

export const CAST: readonly Person[] = [
  {
    id: 'teacher',
    label: 'Ms Li',
    role: 'presenter',
    voice: { name: 'slt', pitch: 1 },
    toneHz: 330,
    width: 960,
    height: 540,
    look: {
      skin: '#f3c9a5',
      skinShade: '#dca27a',
      hair: '#2b2230',
      hairStyle: 'bun',
      eyes: '#4a2f24',
      clothes: '#1f7a74',
      clothesShade: '#155b57',
      collar: '#f7f3ea',
      glasses: true,
      headphones: false,
      room: 'classroom',
    },
    lines: [
      { atSec: 0.6, text: 'Good morning everyone. Today we look at right triangles.' },
      { atSec: 5.4, text: 'Draw a square on every side, and compare their areas.' },
      { atSec: 13.2, text: 'Exactly. So, a squared plus b squared is c squared.' },
      { atSec: 23.2, text: 'Well done, Kofi. That is the theorem of Pythagoras.' },
    ],
  },
  {
    id: 'amy',
    label: 'Amy',
    role: 'participant',
    voice: { name: 'slt', pitch: 1.22 },
    toneHz: 494,
    width: 640,
    height: 360,
    look: {
      skin: '#fbd9c0',
      skinShade: '#eab08d',
      hair: '#b8582c',
      hairStyle: 'long',
      eyes: '#3c6e57',
      clothes: '#e0a526',
      clothesShade: '#b98213',
      collar: '#fff6dd',
      glasses: false,
      headphones: true,
      room: 'bedroom',
    },
    lines: [{ atSec: 9.6, text: 'The two small squares fill the big one!' }],
  },
  {
    id: 'kofi',
    label: 'Kofi',
    role: 'participant',
    voice: { name: 'rms', pitch: 1.16 },
    toneHz: 220,
    width: 640,
    height: 360,
    look: {
      skin: '#8d5a3c',
      skinShade: '#6c4029',
      hair: '#1c1516',
      hairStyle: 'short',
      eyes: '#2a1a14',
      clothes: '#4a5fc1',
      clothesShade: '#35469a',
      collar: '#dfe5ff',
      glasses: false,
      headphones: false,
      room: 'study',
    },
    lines: [{ atSec: 18.2, text: 'Three, four, five. Nine plus sixteen is twenty five.' }],
  },
]
