import { openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'

const LEVELS = { info: 30, warn: 40, error: 50 }

/** JSON lines as pino writes them: `log.info({ customer }, 'message')`. */
export function logTo(file, name) {
  const log = openSync(file, 'a')
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
    writeSync(log, `${JSON.stringify(line)}\n`)
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}
