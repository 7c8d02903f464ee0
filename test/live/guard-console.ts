import { guarded } from '../../src/boxes/guard.ts'
import { openBox } from '../../src/boxes/open.ts'

// The console of one case of the fault test, a process of its own so that it can be killed: BOX COMMAND.
const [name = '', command = ''] = process.argv.slice(2)
const box = openBox(name, { keepAliveSeconds: 1 })
const result = await guarded(box, { what: 'fault test', command, maxSeconds: 60, heartbeatSeconds: 3, graceSeconds: 1 })
  .result
process.stdout.write(`${result.ended}\n`)
await box.close()
