import { absoluteLink } from '../../src/client/index.ts'

/** Where the service is: the folder of this page, whatever path a proxy put in front. Without a slash at its end. */
export function serviceUrl(): string {
  return new URL('.', location.href).href.replace(/\/$/, '')
}

/** The absolute address of a link of the service. */
export function mediaUrl(link: string): string {
  return absoluteLink(serviceUrl(), link)
}
