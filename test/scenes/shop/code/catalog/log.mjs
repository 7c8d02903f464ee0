import { appendFileSync } from 'node:fs'
import { hostname } from 'node:os'

const LEVELS = { info: 30, warn: 40, error: 50 }

/** JSON lines as pino writes them: `log.info({ customer }, 'message')`. */
export function logTo(file, name) {
  const write = (level) => (fields, msg) => {
    const line = {
      level: LEVELS[level],
      time: Date.now(),
      pid: process.pid,
      hostname: hostname(),
      name,
      ...fields,
      msg,
    }
    appendFileSync(file, `${JSON.stringify(line)}\n`)
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}
