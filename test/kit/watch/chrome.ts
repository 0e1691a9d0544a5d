import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import puppeteer, { type Browser } from 'puppeteer'

/** Where Debian puts it; other machines name theirs. */
export const CHROME_PATH = process.env.PANOREC_CHROME_PATH ?? '/usr/bin/chromium'
/** A viewer or publisher still plays in real time. */
const NICE = 10

/**
 * A Chrome for a viewer or a publisher of a test: it plays sound without a gesture, reaches a WebRTC server on loopback, and reads any
 * origin, because it stands for pages of many different sites. It stands for a Chrome of another machine, too, so it takes nothing from
 * the recorder of this one.
 */
export async function launchChrome(): Promise<Browser> {
  const browser = await puppeteer.launch({
    executablePath: CHROME_PATH,
    ignoreDefaultArgs: ['--mute-audio'],
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...['--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
      ...['--disable-sync', '--no-first-run', '--autoplay-policy=no-user-gesture-required', '--disable-web-security'],
      ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding'],
      ...['--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'],
    ],
  })
  const pid = browser.process()?.pid
  if (pid !== undefined) await giveWay(pid)
  return browser
}

/**
 * Where the kernel shares the time among sessions before it looks at nice values (sched(7), "The autogroup feature"), the session gives
 * way too; elsewhere, or without the privilege, nice values are all there is.
 */
async function giveWay(pid: number): Promise<void> {
  setPriority(pid, NICE)
  await writeFile(`/proc/${pid}/autogroup`, `${NICE}`).catch(() => undefined)
}
