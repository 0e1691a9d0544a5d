export interface IceServer {
  readonly urls: string
  readonly username?: string
  readonly credential?: string
}

/** The ICE servers of a `Link` header (draft-ietf-wish-whep, as RFC 9725 §4.6); other links are left out. */
export function parseIceServers(link: string): IceServer[] {
  return [...link.matchAll(/<((?:stuns?|turns?):[^>]+)>([^<]*)/g)]
    .filter(([, , parameters = '']) => /rel="?ice-server"?/.test(parameters))
    .map(([, urls = '', parameters = '']) => {
      const username = /username="([^"]*)"/.exec(parameters)?.[1]
      const credential = /credential="([^"]*)"/.exec(parameters)?.[1]
      return { urls, ...(username !== undefined && { username }), ...(credential !== undefined && { credential }) }
    })
}
