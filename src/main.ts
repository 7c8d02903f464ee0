import { localBox } from './boxes/local.ts'
import { lookAt } from './steps/look.ts'
import { lookJson } from './views/look-json.ts'

const started = Date.now()
const box = localBox()
const look = await lookAt(box, { deep: false, windowSeconds: 1, compression: 'auto' })
await box.close()
process.stdout.write(`${JSON.stringify(lookJson([look], started, Date.now() - started), null, 2)}\n`)
