import { openBox } from '../../src/boxes/open.ts'
import { followLog } from '../../src/steps/logs/fetching/follow.ts'

// A console that follows a log, a process of its own so that it can be killed: BOX PATH, or BOX journal:IDENTIFIER. What comes goes to its standard output, notices to the other.
const [name = '', log = ''] = process.argv.slice(2)
const box = openBox(name, { keepAliveSeconds: 1 })
const [, identifier] = /^journal:(.+)$/.exec(log) ?? []
const common = { box: name, id: log, found: 'named', writers: [] }
await followLog(
  box,
  identifier === undefined
    ? { ...common, kind: 'file', files: [{ path: log, bytes: 0, modifiedAtMs: 0 }] }
    : { ...common, kind: 'journal', files: [] },
  {
    filter: {
      grep: [],
      not: [],
      fields: identifier === undefined ? [] : [{ name: 'SYSLOG_IDENTIFIER', value: identifier }],
      ignoreCase: false,
    },
    time: { nowMs: Date.now(), zone: 'UTC' },
    lines: 1,
    onBytes: (chunk) => void process.stdout.write(chunk),
    onNotice: (text) => void process.stderr.write(`${text}\n`),
    signal: new AbortController().signal,
  },
)
await box.close()
