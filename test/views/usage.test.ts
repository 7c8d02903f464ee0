import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'usage-'))
  writeFileSync(path.join(folder, 'halligan.yaml'), 'groups:\n  checkout: [web-1, web-2]\n')
  writeFileSync(path.join(folder, 'ssh_config'), 'Host db-1\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

function halligan(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env['PATH'], HOME: folder, HALLIGAN_SSH_CONFIG: path.join(folder, 'ssh_config') }
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  })
  return { status, stdout, stderr }
}

describe('wrong usage', () => {
  it.each([
    [['lok'], /There is no command "lok"\.\nTry: halligan look\n/],
    [['web-1', '--json'], /There is no command "web-1"\.\nTry: halligan look web-1 if that is a box/],
    [['--jsn'], /Unknown option '--jsn'\.\nTry: halligan --help\n/],
    [['look', '--jsn'], /unknown option '--jsn'\. Did you mean --json\?\nTry: halligan look --help\n/],
    [['look', '--fail-on', 'bad'], /'bad' is invalid\. Allowed choices are critical, warning, unknown\.\nTry: /],
    [['look', '--window', 'x'], /--window takes seconds from 0\.2 to 60, not "x"\.\nTry: For example --window 2\./],
    [['look', '--save'], /option '--save <file>' argument missing\.\nTry: /],
    [['look', '--json', '--markdown'], /exclude each other/],
    [['look', '@chekout'], /There is no group @chekout\.\nTry: Did you mean @checkout\? Known groups: @checkout\./],
    [['look', 'api-*'], /No box matches api-\*\.\nTry: `halligan boxes` lists/],
    [['look', '@checkout', '--save', 'x'], /--save keeps the look at one box/],
    [
      ['run', 'web-1', '--collect', 'no-such-job'],
      /"no-such-job" names no detached command\.\nTry: Its name has eight/,
    ],
    [['boxes', 'extra'], /too many arguments for 'boxes'/],
    [['doctor', '@checkout'], /@checkout is 2 boxes\.\nTry: doctor takes one, for example web-1\./],
    [['completion', 'tcsh'], /'tcsh' is invalid .* bash, zsh, fish\.\nTry: halligan completion --help\n/],
    [['completion'], /missing required argument 'shell'/],
  ])('%j is answered with what is wrong and what to try, on standard error, with 2', (args, said) => {
    const { status, stdout, stderr } = halligan(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(said)
    expect(stderr).toMatch(/^halligan: /)
  })

  it.each([
    ['look', ['web1'], /Try: Did you mean web-1\? Is it/],
    ['doctor', ['dbb-1'], /Try: Did you mean db-1\? Is it/],
    ['run', ['amy@web-3', '--', 'uptime'], /Try: Did you mean web-1\? Is it/],
    ['look', ['cache'], /Try: Is it spelled right\?/],
  ])('%s %j, a name that leads nowhere, is answered with the one that is nearly it', (command, words, said) => {
    const { status, stdout, stderr } = halligan(command, ...words)
    expect(status).not.toBe(0)
    expect((stdout + stderr).replaceAll(/\n +/g, ' ')).toMatch(said)
  })

  it('is not a recording that is missing: that is a look that failed', () => {
    expect(halligan('look', 'recorded:/no/such/file')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/could not be read\n\n.*there is no such file/),
    })
  })
})

describe('a look that cannot be saved', () => {
  it('is shown all the same, before what went wrong with the file', () => {
    const { status, stdout, stderr } = halligan(
      'look',
      '--save',
      path.join(folder, 'no-such-folder', 'x.look'),
      '--window',
      '0.2',
    )
    expect(status).toBe(1)
    expect(stdout).toMatch(/ruled out \d+ of \d+ checks/)
    expect(stderr).toMatch(/x\.look could not be written: .*\nTry: Name a file in a folder that you may write to\./)
  })

  it('because the box did not answer says why it did not', () => {
    const { status, stdout, stderr } = halligan('look', 'web-1:0', '--save', 'x.look')
    expect(status).toBe(1)
    expect(stdout).toMatch(/"0" is not a port/)
    expect(stderr).toMatch(
      /^halligan: not recorded, no incident is open\.\nhalligan: web-1:0 did not answer: there is nothing to save\.\n$/,
    )
  })
})

describe('help', () => {
  it.each([[['help']], [['help', 'look']], [['help', 'boxes']], [['doctor', '--help']], [['completion', '-h']]])(
    '%j shows examples, with 0',
    (args) => {
      expect(halligan(...args)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('Examples:') })
    },
  )

  it('of the bare command is what can be done next', () => {
    const { status, stdout } = halligan()
    expect(status).toBe(0)
    expect(stdout).toMatch(/halligan look @checkout +a group at once: web-1, web-2\n/)
  })

  it('lists boxes with where they come from', () => {
    expect(halligan('boxes').stdout).toMatch(
      /^local +this machine\nweb-1 +@checkout\nweb-2 +@checkout\ndb-1 +ssh configuration\n/,
    )
  })
})
