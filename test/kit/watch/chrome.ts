import puppeteer, { type Browser } from 'puppeteer'

/** Where Debian puts it; other machines name theirs. */
export const CHROME_PATH = process.env.PANOREC_CHROME_PATH ?? '/usr/bin/chromium'

/**
 * A Chrome for a viewer or a publisher of a test: it plays sound without a gesture, reaches a WebRTC server on loopback,
 * and reads any origin, because it stands for pages of many different sites.
 */
export async function launchChrome(): Promise<Browser> {
  return await puppeteer.launch({
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
}
