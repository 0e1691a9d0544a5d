import { openSpool } from '../../src/spool/spool.ts'
import { aboutTake, spoolSegment } from '../recorder/segments/uploads.ts'

/** A take that spools some segments and then does what its last argument says: `dies`, or `waits` until it is killed. */
const [spoolDir = '', take = '', count = '', end = ''] = process.argv.slice(2)
const spool = await openSpool(spoolDir, aboutTake(Number(take)))
for (let number = 0; number < Number(count); number += 1) await spoolSegment(spool, Number(take), number)
console.log(spool.path)
if (end === 'dies') process.kill(process.pid, 'SIGKILL')
setInterval(() => undefined, 1000)
