import type { ProxyFault } from '../../test/kit/servers/faulty-proxy.ts'
import type { Fault, Heal, Scene } from './fault.ts'

const databaseWay =
  (fault: ProxyFault) =>
  async ({ stage: { databaseWay: way } }: Scene): Promise<Heal | undefined> => {
    way?.setFault(fault)
    return way && (async () => way.setFault(null))
  }

export const DATABASE_FAULTS: readonly Fault[] = [
  {
    name: 'postgres-killed',
    title: 'Postgres, kill -9, started again after 5 s',
    shape: 'shared',
    goOnSec: 0,
    isOfDatabase: true,
    holdMs: 5_000,
    async inject({ stage: { postgres } }) {
      await postgres?.kill()
      return postgres && (() => postgres.start())
    },
  },
  {
    name: 'database-away',
    title: 'database away for 60 s',
    shape: 'shared',
    goOnSec: 0,
    isOfDatabase: true,
    holdMs: 60_000,
    inject: databaseWay({ kind: 'refuse' }),
  },
  {
    name: 'database-hanging',
    title: 'database hangs for 30 s',
    shape: 'shared',
    goOnSec: 0,
    isOfDatabase: true,
    holdMs: 30_000,
    inject: databaseWay({ kind: 'hang' }),
  },
]
