import { mediaUrl } from '../state/service-url.ts'

/** The address that saves a medium as a file, under the name that the service gives it. */
export function downloadUrl(link: string): string {
  const url = new URL(mediaUrl(link))
  url.searchParams.set('download', '1')
  return url.href
}
