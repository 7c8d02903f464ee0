import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import type { LogSource } from '../../src/evidence/logs/source.ts'
import type { LogFilter, LogWindow } from '../../src/evidence/logs/window.ts'
import { fetchLog, type FetchOptions } from '../../src/steps/logs/fetching/fetch.ts'
import { SHELLS } from '../live/shells.ts'
import { isoLayout } from './lines.ts'

export const T0 = Date.parse('2026-03-01T10:00:00.000Z')
export const ALL: LogFilter = { grep: [], not: [], fields: [], ignoreCase: false }

/** What hardly depends on the shell is tried on the smallest ones. */
export const SMALL = SHELLS.filter(({ name }) => name === 'dash' || name === 'busybox ash')

/** Works when it is tried (`box-tools.ts`), then no more. */
export const HONEST_AT_FIRST = (tool: string, body: string): string =>
  `case "$*" in *Tg*|*/proc/self/*|bs=5\\ count=1|*iflag*|'-1 -c') exec /usr/bin/${tool} "$@";; esac
if [ ${tool} = gzip ] && [ ! -s /dev/stdin ]; then exec /usr/bin/gzip "$@"; fi
${body}`

/** The same box with other tools, for shells that have tools of their own too. */
export function misled(box: Box, folder: string, tools: Readonly<Record<string, string>>): Box {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  for (const [name, body] of Object.entries(tools))
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  const functions = Object.keys(tools).map((name) => `${name}() { command ${bin}/${name} "$@"; }`)
  return {
    ...box,
    start: (script, options) => box.start(`PATH=${bin}:$PATH\n${functions.join('\n')}\n${script}`, options),
  }
}

/** A box, and a new folder for each test. */
export function placeFor({ missing, open }: (typeof SHELLS)[number]) {
  let opened: Box
  let where = ''
  beforeAll(() => {
    opened = open()
  })
  beforeEach(({ skip }) => {
    skip(missing !== undefined, missing)
    where = mkdtempSync(path.join(tmpdir(), 'halligan-fetch-'))
  })
  afterEach(() => rmSync(where, { recursive: true, force: true }))
  afterAll(() => opened.close())
  return {
    box: () => opened,
    folder: () => where,
    file: (text: string, base = "app's log.log"): string => {
      writeFileSync(path.join(where, base), text)
      return path.join(where, base)
    },
  }
}

export async function gone(command: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const shown = execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })
    if (!shown.split('\n').some((line) => line.trim().endsWith(command) && !line.startsWith('Z'))) return
    if (tries > 150) throw new Error(`${command} is still there`)
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}

export function sourceOf(
  files: readonly string[],
  packed: readonly LogSource['files'][number]['packed'][] = [],
): LogSource {
  return {
    box: 'here',
    id: files[0] ?? '',
    kind: 'file',
    found: 'named',
    writers: [],
    files: files.map((each, at) => {
      const pack = packed[at]
      try {
        const { size, mtimeMs, dev, ino } = statSync(each)
        return {
          path: each,
          bytes: size,
          modifiedAtMs: mtimeMs,
          identity: `${dev}:${ino}`,
          ...(pack ? { packed: pack } : {}),
        }
      } catch {
        return { path: each, bytes: 0, modifiedAtMs: 0 }
      }
    }),
  }
}

export async function fetched(
  box: Box,
  source: LogSource,
  window: LogWindow,
  filter: LogFilter = ALL,
  caps: Partial<FetchOptions['caps']> = {},
  signal: AbortSignal = new AbortController().signal,
  layoutOf: FetchOptions['layoutOf'] = () => isoLayout,
) {
  const chunks: Uint8Array[] = []
  const { report, failure } = await fetchLog(box, source, {
    window,
    filter,
    caps: { bytes: 1_000_000_000, seconds: 60, ...caps },
    time: { nowMs: T0, zone: 'UTC' },
    layoutOf,
    onBytes: (chunk) => void chunks.push(chunk.slice()),
    signal,
  })
  const bytes = Buffer.concat(chunks)
  return { bytes, got: bytes.toString('latin1'), report, failure }
}
