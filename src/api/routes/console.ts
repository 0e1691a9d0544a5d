import fastifyStatic from '@fastify/static'
import { AppError } from '../../protocol/index.ts'
import { openAll } from '../access.ts'
import type { RouteOptions, Scope } from '../route-options.ts'
import { consolePolicy } from '../security-headers.ts'

/** `/`: the built console. Its scripts carry a hash in their name, its page is asked for every time. */
export async function consoleRoutes(app: Scope, { deps: { consoleDir, mediaLinks } }: RouteOptions): Promise<void> {
  openAll(app)
  if (consoleDir === undefined) {
    app.get('/', { schema: { hide: true } }, async () => {
      const message = 'The console is not built; `npm run build` builds it. The API reference is at /docs'
      throw new AppError('route.not-found', message, { received: '/' })
    })
    return
  }
  const policy = consolePolicy(await mediaLinks?.origin())
  await app.register(fastifyStatic, {
    root: consoleDir,
    wildcard: false,
    cacheControl: false,
    setHeaders(response, path) {
      response.header('content-security-policy', policy)
      response.header(
        'cache-control',
        /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
}
