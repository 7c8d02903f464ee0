import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'vitest'
import { running, SHELLS, type BoxShell } from '../../../test/live/shells.ts'
import { TRUST } from './box-tools.ts'

/** Tries tools, of which some lie, then runs more shell text; gives what was printed. */
async function tried(
  { open }: BoxShell,
  tools: string,
  { lies = {}, then, alone = false }: { lies?: Readonly<Record<string, string>>; then: string; alone?: boolean },
): Promise<string> {
  const bin = mkdtempSync(path.join(tmpdir(), 'halligan-tools-'))
  for (const [name, body] of Object.entries(lies))
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  const others = alone ? 'case $1 in busybox|toybox|mawk|gawk|original-awk|pigz) return 1;; esac; ' : ''
  const have = `have() { ${others}command -v "$1" >/dev/null 2>&1; }`
  const script = `PATH=${bin}:$PATH\nnl='\n'\n${have}\n${TRUST}\ntrust ${tools}\necho "broken$broken"\n${then}\n`
  const box = open()
  try {
    const { stdout, stderr } = await box.run(script, { what: 'try the tools', timeoutMs: 25_000, maxBytes: 100_000 })
    return `${Buffer.from(stdout).toString()}${stderr}`
  } finally {
    await box.close()
    rmSync(bin, { recursive: true })
  }
}

// busybox ash calls its own tools, whatever the path says: there are no others that could lie.
const MISLED = SHELLS.filter(({ name }) => name === 'dash' || name === 'mksh')

describe.concurrent.each(SHELLS)('tools of a box, by way of $name', (shell) => {
  it('are left alone where they work', async ({ expect, skip }) => {
    skip(shell.missing !== undefined, shell.missing)
    const tools = 'awk grep sed head tail od sort stat find ls dd gzip zstd rg'
    expect(await tried(shell, tools, { then: 'echo done' })).toBe('broken\ndone\n')
  })
})

describe.concurrent.each(MISLED)('tools of a box, by way of $name', { timeout: 30_000 }, (shell) => {
  /** Seconds that nobody else sleeps. */
  const hang = shell.name === 'dash' ? '7411.' : '7413.'

  it('that lie, fail or hang are replaced where there is another one', async ({ expect, skip }) => {
    skip(shell.missing !== undefined, shell.missing)
    const lies = { grep: 'exit 1', head: 'exit 0', awk: `exec sleep ${hang}1`, sed: 'kill -9 $$' }
    const then = `printf 'a\\nb\\n' | grep b; printf abc | head -c 1; awk 'BEGIN { print 5 }'`
    expect(await tried(shell, 'awk grep sed head', { lies, then })).toBe('broken\nb\na5\n')
    expect(running(`sleep\0${hang}1`)).toEqual([])
  })

  it('say that they do not work where there is none', async ({ expect, skip }) => {
    skip(shell.missing !== undefined, shell.missing)
    const lies = { grep: 'cat', zstd: `exec sleep ${hang}2` }
    const then = 'grep x || echo $?; zstd || echo $?'
    expect(await tried(shell, 'grep zstd gzip', { lies, then, alone: true })).toBe(
      'broken grep zstd\n127\n127\ngrep does not work on this box\nzstd does not work on this box\n',
    )
    expect(running(`sleep\0${hang}2`)).toEqual([])
  })
})
