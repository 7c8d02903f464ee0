import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandWords, completionScript } from '../../src/views/completion-script.ts'
import { program } from '../../src/views/program.ts'
import { missing } from '../boxes/fleet.ts'

const halligan = program(() => {})
const BOXES = ['local', '@checkout', '@db', 'web-1', 'web-2', 'amy@web-1:2222']
const INCIDENTS = ['20261125-k7qm', '20261124-b2cd']
const COMMANDS = commandWords(halligan).map(({ name }) => name)

/** What is typed before TAB, and what each shell must offer. */
const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['halligan loo', ['look']],
  ['halligan help ', COMMANDS],
  ['halligan completion ', ['bash', 'zsh', 'fish']],
  ['halligan hypothesis r', ['rule-out']],
  ['halligan hypothesis confirm --b', ['--by']],
  ['halligan look web', ['web-1', 'web-2']],
  ['halligan look web-1 web-2 loc', ['local']],
  ['halligan doctor web', ['web-1', 'web-2']],
  ['halligan look --fail-on ', ['critical', 'warning', 'unknown']],
  ['halligan look --window ', []],
  ['halligan switch 2026', INCIDENTS],
  ['halligan note --incident ', INCIDENTS],
  ['halligan take-over 20261125-k', ['20261125-k7qm']],
  ['halligan look web-1 --con', ['--connect-timeout']],
  ['halligan doctor --', ['--sudo', '--color', '--no-color', '--incident', '--help']],
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-completion-'))
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(file(shell), completionScript(shell, halligan) ?? '')
  // What `halligan complete-boxes` prints; that it does is tested in a terminal.
  writeFileSync(
    path.join(folder, 'halligan'),
    `#!/bin/sh
case $1 in
  complete-incidents) printf '%s\\n' ${INCIDENTS.join(' ')} ;;
  *) printf '%s\\n' ${BOXES.join(' ')} ;;
esac
`,
  )
  chmodSync(path.join(folder, 'halligan'), 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))

const file = (shell: string): string => path.join(folder, `completion.${shell}`)

describe('a completion script', () => {
  it.each(['bash', 'zsh', 'fish'])(
    'of %s names the options that the parser knows, all of them and no other',
    (shell) => {
      const known = halligan.commands
        .flatMap((command) => [command, ...command.commands])
        .flatMap(({ options }) => options.map(({ long }) => long ?? ''))
      const script = completionScript(shell, halligan) ?? ''
      const named =
        shell === 'fish'
          ? [...script.matchAll(/ -l (\S+)/g)].map(([, name]) => `--${name}`)
          : [...script.matchAll(/--[a-z][a-z-]*/g)].map(([name]) => name)
      expect([...new Set(named)].toSorted()).toEqual([...new Set([...known, '--help', '--version'])].toSorted())
    },
  )

  it('knows all commands that are shown, and no hidden one', () => {
    expect(COMMANDS).toEqual(expect.arrayContaining(['look', 'boxes', 'doctor', 'completion', 'help']))
    expect(COMMANDS).not.toContain('complete-boxes')
  })

  it('is not there for a shell that is not known', () => {
    expect(completionScript('tcsh', halligan)).toBeUndefined()
  })
})

describe('bash', () => {
  const bash = (line: string): readonly string[] =>
    answers('bash', [
      '--norc',
      '--noprofile',
      '-c',
      `source "$1"; COMP_LINE=$2 COMP_POINT=\${#2}; _halligan; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      file('bash'),
      line,
    ])

  it.each(CASES)('completes "%s"', (line, expected) => {
    expect(bash(line)).toEqual(expected)
  })

  it('gives only what follows the last cut that bash makes in a word, at : and before @', () => {
    expect(bash('halligan look @')).toEqual(['@checkout', '@db'])
    expect(bash('halligan look amy@')).toEqual(['@web-1:2222'])
    expect(bash('halligan look amy@web-1:2')).toEqual(['2222'])
  })
})

const noZsh = missing('zsh')
describe.skipIf(noZsh !== undefined)(`zsh${noZsh ? ` (skipped: ${noZsh})` : ''}`, () => {
  // compadd is what zsh itself offers; here it prints those that begin like the word, as zsh would show them.
  const script = `compdef() { :; }; _files() { :; }
compadd() { shift; for each in "$@"; do [[ $each == "$words[CURRENT]"* ]] && print -r -- $each; done; :; }
source "$1"; words=(\${(s: :)2}); [[ $2 == *' ' ]] && words+=(''); CURRENT=$#words; _halligan`

  it.each(CASES)('completes "%s"', (line, expected) => {
    expect(answers('zsh', ['-f', '-c', script, 'zsh', file('zsh'), line])).toEqual(expected)
  })

  it('completes groups', () => {
    expect(answers('zsh', ['-f', '-c', script, 'zsh', file('zsh'), 'halligan look @'])).toEqual(['@checkout', '@db'])
  })
})

const noFish = missing('fish')
describe.skipIf(noFish !== undefined)(`fish${noFish ? ` (skipped: ${noFish})` : ''}`, () => {
  const fish = (line: string): readonly string[] =>
    answers('fish', ['--no-config', '-c', `source ${file('fish')}; complete -C ${JSON.stringify(line)}`]).map(
      (answer) => answer.split('\t')[0] ?? '',
    )

  it.each(CASES)('completes "%s"', (line, expected) => {
    expect(fish(line).toSorted()).toEqual(expected.toSorted())
  })

  it('completes groups', () => {
    expect(fish('halligan look @')).toEqual(['@checkout', '@db'])
  })
})

function answers(shell: string, args: readonly string[]): readonly string[] {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder }
  return execFileSync(shell, args, { encoding: 'utf8', env })
    .split('\n')
    .filter((line) => line !== '')
}
