import { guarded } from '../../src/boxes/guard.ts'
import { openBox } from '../../src/boxes/open.ts'
import { ATTACHING, BY_HAND } from './attaching.ts'
import { debugByHand } from './debug-by-hand.ts'

// The console of one case of the fault test, a process of its own so that it can be killed: BOX TOOL PID START_TICKS.
const [name = '', tool = '', pid = '', startTicks = ''] = process.argv.slice(2)
const way = ATTACHING.find(({ id }) => id === tool)
if (!way) throw new Error(`no such way: ${tool}`)
const box = openBox(name, { keepAliveSeconds: 1 })
const target = { pid: Number(pid), startTicks: Number(startTicks) }
if (way.free) {
  const options = { what: 'fault test', timeoutMs: 15_000, maxBytes: 1 << 24 }
  await box.run(way.command(target.pid, target.startTicks), options)
  await box.close()
  process.exit()
}
const { ended, proof } =
  way.id === BY_HAND
    ? await debugByHand(box, target)
    : await guarded(box, {
        what: 'fault test',
        command: way.command(target.pid, target.startTicks),
        maxSeconds: 30,
        heartbeatSeconds: 3,
        attach: {
          targets: [target],
          tool: way.tool,
          freezeSeconds: 3,
          ...(way.cleanUp ? { cleanUp: way.cleanUp(target.pid, target.startTicks) } : {}),
        },
      }).result
process.stdout.write(`${ended} ${JSON.stringify(proof)}\n`)
await box.close()
