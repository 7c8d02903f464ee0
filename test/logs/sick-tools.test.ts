import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { it } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import { findLogs } from '../../src/steps/logs/discover.ts'
import { running, SHELLS } from '../live/shells.ts'

// Tools of a box that hang or lie while its logs are looked for: what they would have told is asked of others, or is blind.

const dash = SHELLS.find(({ name }) => name === 'dash')
const why = dash ? dash.missing : 'dash is not among the shells'

/** Where no other tool is, too, unless `others`. */
function sick(box: Box, bin: string, others: boolean): Box {
  const alone = `have() { case $1 in busybox|toybox|?awk|original-awk) return 1;; esac; command -v "$1" >/dev/null 2>&1; }`
  const hidden = (script: string): string => (others ? script : script.replace(/^have\(\) .*$/m, alone))
  return { ...box, run: (script, options) => box.run(`PATH=${bin}:$PATH\n${hidden(script)}`, options) }
}

it.skipIf(why !== undefined).concurrent(
  `a tool that hangs or lies blinds nothing where there is another one, and says so where there is none${why ? ` (skipped: ${why})` : ''}`,
  { timeout: 60_000 },
  async ({ expect }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-sick-'))
    const bin = path.join(folder, 'bin')
    mkdirSync(bin)
    const lies = (name: string, body: string): void =>
      writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
    lies('awk', 'exec sleep 7511')
    lies('grep', 'exit 1')
    lies('head', 'exit 0')
    const logs = path.join(folder, 'logs')
    mkdirSync(logs)
    writeFileSync(path.join(logs, 'app.log'), '2024-01-02T15:04:05Z INFO hello\n')
    const box = dash?.open()
    if (!box) throw new Error('there is no dash')
    try {
      const replaced = await findLogs(sick(box, bin, true), { subjects: [logs] })
      expect(replaced.blind).toEqual([])
      expect(replaced.sources.map(({ id, head }) => [path.basename(id), Buffer.from(head ?? []).toString()])).toEqual([
        ['app.log', '2024-01-02T15:04:05Z INFO hello\n'],
      ])
      const blinded = await findLogs(sick(box, bin, false), { subjects: [logs] })
      expect(blinded.blind.map(({ what }) => what)).toEqual(
        expect.arrayContaining(['awk', 'grep', 'head'].map((tool) => `what ${tool} would tell of logs`)),
      )
      expect(running('sleep\u00007511')).toEqual([])
    } finally {
      await box.close()
      rmSync(folder, { recursive: true })
    }
  },
)

it.skipIf(why !== undefined).concurrent(
  `what unpacks and hangs blinds the oldest lines alone${why ? ` (skipped: ${why})` : ''}`,
  { timeout: 60_000 },
  async ({ expect }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-sick-'))
    const bin = path.join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(path.join(bin, 'gzip'), '#!/bin/sh\nexec sleep 7512\n', { mode: 0o755 })
    const logs = path.join(folder, 'logs')
    mkdirSync(logs)
    for (const name of ['a', 'b', 'c']) {
      writeFileSync(path.join(logs, `${name}.log`), '2024-01-02T15:04:05Z INFO hello\n')
      writeFileSync(path.join(logs, `${name}.log.1.gz`), gzipSync('2024-01-01T15:04:05Z INFO hello\n'))
      utimesSync(path.join(logs, `${name}.log.1.gz`), 1_704_067_200, 1_704_067_200)
    }
    const box = dash?.open()
    if (!box) throw new Error('there is no dash')
    try {
      const found = await findLogs(sick(box, bin, true), { subjects: [logs] })
      expect(found.sources.map(({ id, head }) => [path.basename(id), head?.length])).toEqual(
        ['a.log', 'b.log', 'c.log'].map((name) => [name, 32]),
      )
      expect(found.blind.map(({ what }) => what)).toEqual(['since when there are rotated logs'])
      expect(running('sleep\u00007512')).toEqual([])
    } finally {
      await box.close()
      rmSync(folder, { recursive: true })
    }
  },
)
