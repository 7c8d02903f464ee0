import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../boxes/fleet.ts'
import { MAIN } from '../record/command.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const why = missing('tmux')

describe.skipIf(why !== undefined)(`a person at a terminal who purges${why ? ` (skipped: ${why})` : ''}`, () => {
  let folder: string
  let terminal: Terminal

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'record-terminal-'))
    const environment = {
      HOME: folder,
      HALLIGAN_HOME: path.join(folder, 'home'),
      HALLIGAN_BY: 'amy@web-1',
      PATH: process.env['PATH'] ?? '',
    }
    terminal = openTerminal({ columns: 100, folder, environment })
    terminal.enter(`halligan() { ${process.execPath} ${MAIN} "$@"; }; clear`)
  })
  afterAll(() => {
    terminal.end()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  })

  it('is shown the entry and asked; no is no, yes is yes', async () => {
    const { enter, until } = terminal
    enter(
      'halligan open "checkout returns 500s" >/dev/null; halligan note "hunter2xyz is the password"; echo "noted $?"',
    )
    await until(/^noted 0$/m)
    enter('halligan purge 2 --why "a password"; echo "first $?"')
    const asked = await until(/Purge it\? \(yes\/no\)/)
    expect(asked.join('\n')).toMatch(/^ {2}#2 of \S+, by amy@web-1: hunter2xyz is the password$/m)
    enter('no')
    await until(/^halligan: Nothing was purged\.\nfirst 1$/m)
    enter('halligan purge 2 --why "a password"; echo "second $?"')
    await until(/Purge it\? \(yes\/no\)[^]*Purge it\? \(yes\/no\)/)
    enter('yes')
    await until(/^What #2 said is out of the record\. It stays:[^]*^second 0$/m)
    enter('clear; halligan timeline; echo "third $?"')
    const lines = await until(/^third 0$/m)
    expect(lines.join('\n')).toMatch(/#2 .*noted \(purged\)/)
  })
})
