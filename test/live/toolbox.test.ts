import { spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, waitFor, type Program } from './program.ts'

// Tools that are lent to a box that has none (busybox), over a real ssh, and are gone afterwards, whatever happens.

const why = missing('root', 'fleet', 'busybox', 'gcc')

describe.skipIf(why)(`a toolbox${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let program: Program
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-toolbox-'))
  const toolbox = path.join(folder, 'tools')

  beforeAll(async () => {
    compileSick('order-service')
    mkdirSync(toolbox)
    copyFileSync(compileSick('one-frame'), path.join(toolbox, 'eu-stack'))
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    fleet = await startFleet({ boxes: ['bb-1', 'bb-2', 'bb-3'], flavour: 'busybox', hook })
    program = programWith(fleet, path.join(folder, 'home'), folder)
    await program.run('open', 'orders are slow')
  }, 120_000)
  afterAll(async () => {
    await fleet.down()
    rmSync(folder, { recursive: true })
  })

  const left = async (box = 'bb-1'): Promise<string> =>
    (
      await fleet.run(
        box,
        'ls -d /dev/shm/.halligan-* /run/.halligan-* /tmp/.halligan-* /var/tmp/.halligan-* 2>/dev/null; grep -l [b]room /proc/[0-9]*/cmdline 2>/dev/null | grep -v self; :',
      )
    ).trim()

  it('NATIVE busybox box: stacks by a static eu-stack that was lent, taken away again, as the entry says', async () => {
    fleet.leave('bb-1', 'order-service 100; :')
    await waitFor(async () => (await fleet.run('bb-1', 'pidof order-service || :')).trim() !== '', 'order-service')
    const without = await program.run(
      'inspect',
      'bb-1',
      'order-service',
      '--stacks',
      '--by',
      'eu-stack',
      '--accept',
      'pause',
    )
    expect(without.code).toBe(1)
    const { code, stdout, stderr } = await program.run(
      'inspect',
      'bb-1',
      'order-service',
      '--stacks',
      '--by',
      'eu-stack',
      '--accept',
      'pause',
      '--toolbox',
      toolbox,
    )
    expect(stderr).toMatch(/halligan: lends eu-stack \(\d+ KiB\) to bb-1 for the time of this inspection\./)
    expect(stdout).toContain('lent_frame')
    expect(code).toBe(0)
    const entry = (await program.entries()).findLast(({ did }) => did === 'inspected')
    expect(entry?.payload).toMatchObject({
      lent: { tools: [{ name: 'eu-stack' }], folder: 'gone' },
      paid: [{ inspector: 'eu-stack', isClean: true }],
    })
    expect((await program.run('show', String(entry?.seq))).stdout).toMatch(
      /lent eu-stack \(\d+ KiB\): taken away again/,
    )
    await waitFor(async () => (await left()) === '', 'nothing of it is left')
  })

  it('is refused for what could not run there, before anything is sent', async () => {
    const bad = path.join(folder, 'bad')
    mkdirSync(bad)
    copyFileSync('/bin/true', path.join(bad, 'gdb'))
    const dynamic = await program.run('inspect', 'bb-1', 'order-service', '--toolbox', bad)
    expect([dynamic.code, dynamic.stderr]).toEqual([1, expect.stringContaining('gdb needs a dynamic linker')])
    writeFileSync(path.join(bad, 'gdb'), '#!/bin/sh\n')
    const script = await program.run('inspect', 'bb-1', 'order-service', '--toolbox', bad)
    expect([script.code, script.stderr]).toEqual([1, expect.stringContaining('gdb is no program for Linux')])
    const none = await program.run('inspect', 'bb-1', 'order-service', '--toolbox', path.join(folder, 'home'))
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('is no program that an inspection uses')])
    expect(await left()).toBe('')
  })

  const lendingConsole = async (box: string): Promise<ChildProcess> => {
    const env = { ...process.env, HALLIGAN_SSH_CONFIG: fleet.sshConfig }
    const argv = [path.join(import.meta.dirname, 'lend-console.ts'), box]
    const console = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    console.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await waitFor(() => said.includes('\n'), 'the tool is lent')
    expect(said).toBe('lent\n')
    return console
  }

  const FAULTS: readonly (readonly [box: string, strike: (console: ChildProcess) => Promise<unknown>])[] = [
    ['bb-1', (console) => Promise.resolve(console.kill('SIGKILL'))],
    ['bb-2', () => fleet.link('bb-2', 'down')],
    [
      'bb-3',
      () => fleet.run('bb-3', 'cat /dev/shm/.halligan-tools.*/owner | { read -r owner rest; kill -KILL $owner; }'),
    ],
  ]

  it(
    'is gone afterwards: the console killed, the line cut, the shell that keeps it killed',
    { timeout: 120_000 },
    async () => {
      await Promise.all(
        FAULTS.map(async ([box, strike]) => {
          const console = await lendingConsole(box)
          try {
            expect(await left(box)).toContain('.halligan-tools.')
            await strike(console)
            await waitFor(async () => (await left(box)) === '', `nothing left on ${box}`)
          } finally {
            console.kill('SIGKILL')
          }
          expect(await left(box)).toBe('')
        }),
      )
    },
  )
})
