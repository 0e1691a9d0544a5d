import { copyFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { delay } from '../../src/timing/index.ts'
import { CHROME_PATH, Child, FileServer } from '../../test/kit/index.ts'
import { measureEncoder, x264Arguments } from './ffmpeg-alone.ts'
import { pathOf } from './programs.ts'
import { type CostClass, PICTURE, type Recorded, SETTLE_MS, type Way } from './way.ts'

/** What it needs beside Chrome and FFmpeg, by their packages of Debian. */
export const X11_PROGRAMS = { Xvfb: 'xvfb', pulseaudio: 'pulseaudio' } as const

const DISPLAY = ':97'
const START_MS = 1500

/** A browser on a virtual screen, which FFmpeg grabs, and whose sound goes through a sound server: what most recorders of pages do. */
export function x11grab(preset: string): Way {
  return { name: `Xvfb, PulseAudio, x11grab, x264 ${preset}`, record: (given, dir) => record(given, { preset, dir }) }
}

interface Options {
  readonly preset: string
  readonly dir: string
}

async function record({ urls, seconds }: CostClass, { preset, dir }: Options): Promise<Recorded> {
  await using stack = new AsyncDisposableStack()
  const environment = { DISPLAY, PULSE_SERVER: `unix:${join(dir, 'sound')}`, XDG_RUNTIME_DIR: dir, HOME: dir }
  const { width, height } = PICTURE
  stack.use(start('Xvfb', [DISPLAY, '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'], environment))
  const sound = ['module-null-sink sink_name=out', `module-native-protocol-unix auth-anonymous=1 socket=${dir}/sound`]
  const load = sound.flatMap((module) => ['-L', module])
  stack.use(start('pulseaudio', ['-n', '--exit-idle-time=-1', '--disable-shm=true', ...load], environment))
  await delay(START_MS)
  const server = stack.use(await FileServer.start(await makePage(dir, urls)))
  stack.use(start(CHROME_PATH, chromeArguments(dir, server.url('index.html')), environment))
  await delay(SETTLE_MS)
  const path = join(dir, 'film.ts')
  const encoder = stack.use(start('ffmpeg', grabArguments(preset, path), environment))
  return { cost: await measureEncoder(encoder, seconds), path }
}

function start(program: string, args: readonly string[], environment: Readonly<Record<string, string>>): Child {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  return new Child('env', [...settings, pathOf(program) ?? program, ...args])
}

function chromeArguments(dir: string, url: string): string[] {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...['--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
    ...['--disable-sync', '--no-first-run', '--autoplay-policy=no-user-gesture-required', '--disable-infobars'],
    ...['--disable-web-security', '--kiosk', '--window-position=0,0', '--force-device-scale-factor=1'],
    ...[`--window-size=${PICTURE.width},${PICTURE.height}`, `--user-data-dir=${join(dir, 'chrome')}`, url],
  ]
}

function grabArguments(preset: string, path: string): string[] {
  const picture = ['-f', 'x11grab', '-draw_mouse', '0', '-framerate', String(PICTURE.fps)]
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-thread_queue_size', '512', ...picture],
    ...['-video_size', `${PICTURE.width}x${PICTURE.height}`, '-i', DISPLAY],
    ...['-thread_queue_size', '512', '-f', 'pulse', '-i', 'out.monitor', '-map', '0:v', '-map', '1:a'],
    ...[...x264Arguments(preset), '-f', 'mpegts', path],
  ]
}

/** The page of the class: a player for each source in a grid, with its label. */
async function makePage(dir: string, urls: readonly string[]): Promise<string> {
  const player = createRequire(import.meta.url).resolve('hls.js')
  await copyFile(join(dirname(player), 'hls.min.js'), join(dir, 'hls.min.js'))
  const columns = Math.ceil(Math.sqrt(urls.length))
  const tiles = urls.map(
    (_, i) => `<figure><video id="v${i}" autoplay></video><figcaption>Source ${i}</figcaption></figure>`,
  )
  const play = `for (const [i, url] of ${JSON.stringify(urls)}.entries()) {
    const hls = new Hls({ liveSyncDurationCount: 3 }); hls.loadSource(url); hls.attachMedia(document.getElementById('v' + i)) }`
  await writeFile(
    join(dir, 'index.html'),
    `<!doctype html><style>body{margin:0;background:#202020;display:grid;grid-template-columns:repeat(${columns},1fr);height:100vh;overflow:hidden}
figure{margin:0;position:relative;overflow:hidden}video{width:100%;height:100%;object-fit:cover;display:block}
figcaption{position:absolute;left:8px;bottom:8px;padding:2px 8px;color:#fff;background:#0009;font:14px sans-serif}</style>
${tiles.join('')}<script src="hls.min.js"></script><script>${play}</script>`,
  )
  return dir
}
