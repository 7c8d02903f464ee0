import { openBox } from '../../src/boxes/open.ts'
import { lendTools } from '../../src/boxes/lend.ts'

// A console that lends a tool and then waits to be killed, a process of its own: BOX.
const [name = ''] = process.argv.slice(2)
const box = openBox(name, { keepAliveSeconds: 1 })
const lending = await lendTools(box, [{ name: 'eu-stack', bytes: Buffer.alloc(3_000_000, 7) }])
process.stdout.write('kind' in lending ? `${lending.message}\n` : 'lent\n')
setTimeout(() => {}, 60_000)
