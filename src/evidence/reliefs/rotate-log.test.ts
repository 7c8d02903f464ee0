import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { missing } from '../../../test/boxes/fleet.ts'
import { SHELLS } from '../../../test/live/shells.ts'
import { answerIn, MOVED, type Before, type Plan } from './relief.ts'
import { rotateLog } from './rotate-log.ts'

const { targetOf, planScript, plan, act, survey = '', offers } = rotateLog
const TEXT = 'a line of a log\n'.repeat(100_000)
const why = process.platform === 'linux' ? missing('root') : 'needs Linux'
const onPath = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const mayMount = why === undefined && spawnSync('unshare', ['-m', 'true']).status === 0

const root = mkdtempSync(path.join(tmpdir(), 'halligan-rotate-'))
const mounted: string[] = []
afterAll(() => {
  for (const each of mounted) spawnSync('sh', ['-c', 'umount "$0"', each])
  rmSync(root, { recursive: true, force: true })
})

function mount(...words: readonly string[]): void {
  const at = words.at(-1) ?? ''
  mkdirSync(at, { recursive: true })
  expect(spawnSync('mount', words, { encoding: 'utf8' })).toMatchObject({ status: 0 })
  mounted.push(at)
}

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'logs-'))
  file = path.join(folder, 'app.log')
})

/** Not even root may be allowed to see the descriptors and maps of all that runs here, which is refused: a few processes stand for all. */
function run(argv: readonly string[], script: string, pids: readonly number[] = [process.pid]) {
  const of = (what: string): string => ['$$', ...pids].map((pid) => `/proc/${pid}/${what} `).join('')
  const [command = 'sh', ...words] = argv
  const few = script
    .replaceAll('/proc/[0-9]*/fd ', () => of('fd'))
    .replaceAll('/proc/[0-9]*/maps 2', () => `${of('maps')}2`)
  // The timeout of busybox stays for up to a second behind what it has run; one test waits for it.
  const own = command === 'busybox' ? few.replaceAll(/limit='timeout \d+'/gu, 'limit=') : few
  return spawnSync(command, [...words, '-c', own], { encoding: 'utf8', cwd: '/' })
}

function planned(argv: readonly string[] = ['sh'], name = file, pids?: readonly number[]): Plan {
  return plan(answerIn(run(argv, planScript([name]), pids).stdout), [name])
}

function possible(argv?: readonly string[], name = file): Before {
  const made = planned(argv, name)
  if (!made.possible) throw new Error(made.why)
  return made.before
}

function judged(argv: readonly string[], before: Before) {
  return act.judge(answerIn(run(argv, act.check([file], before)).stdout), [file], before)
}

const nothingDone = (names: readonly string[] = ['app.log']): void => {
  expect(readFileSync(file, 'utf8')).toBe(TEXT)
  expect(readdirSync(folder).toSorted()).toEqual(names)
}

describe.each(SHELLS)('a log by the scripts in $name', ({ argv, missing: absent }) => {
  const skipped = why ?? absent

  it.skipIf(skipped !== undefined)(`is emptied, and kept in a copy of its own${skipped ? ` (${skipped})` : ''}`, () => {
    file = path.join(folder, `$(touch made)'"app.log`)
    writeFileSync(file, TEXT, { mode: 0o640 })
    chownSync(file, 1234, 2345)
    writeFileSync(`${file}.20250101-000000.gz`, 'an older copy')
    const appending = openSync(file, 'a')
    try {
      const made = planned(argv)
      if (!made.possible) throw new Error(made.why)
      expect(made.lines[0]).toContain(`(${process.pid})`)
      const copy = `${file}.${made.before['stamp']}.gz`
      expect(judged(argv, made.before)).toMatchObject({ worked: false })
      expect(judged(argv, made.before).says.join('\n')).not.toContain('.gz')
      expect(run(argv, act.script([file], made.before))).toMatchObject({ status: 0, stdout: '' })
      expect(judged(argv, made.before)).toMatchObject({
        worked: true,
        says: expect.arrayContaining([expect.stringContaining(`what was in it is in ${copy}`)]),
      })
      expect(gunzipSync(readFileSync(copy)).toString()).toBe(TEXT)
      expect(statSync(copy)).toMatchObject({ uid: 1234, gid: 2345, mode: 0o100640 })
      expect(fstatSync(appending).size).toBe(0)
      writeSync(appending, 'next\n')
      expect(readFileSync(file, 'utf8')).toBe('next\n')
      expect(readdirSync(folder)).toHaveLength(3)
      ftruncateSync(appending, TEXT.length)
      writeSync(appending, TEXT)
      expect(judged(argv, made.before)).toMatchObject({
        worked: true,
        says: expect.arrayContaining([expect.stringContaining('has grown again')]),
      })
    } finally {
      closeSync(appending)
    }
  })

  it.skipIf(skipped !== undefined)('is left alone where somebody does not append, whatever the name', () => {
    writeFileSync(file, TEXT)
    const before = possible(argv)
    const other = mayMount ? path.join(root, `bound-${path.basename(folder)}`) : folder
    if (mayMount) mount('--bind', folder, other)
    const plain = openSync(path.join(other, 'app.log'), 'r+')
    try {
      expect(planned(argv)).toMatchObject({ possible: false, why: expect.stringMatching(/without O_APPEND/) })
      expect(run(argv, act.script([file], before))).toMatchObject({
        status: MOVED,
        stdout: expect.stringContaining('without O_APPEND'),
      })
    } finally {
      closeSync(plain)
    }
    nothingDone()
    const both = openSync(file, 'a+')
    try {
      const made = planned(argv)
      expect(made.possible && made.lines.join('\n')).toMatch(/danger: it is open for reading and writing/)
    } finally {
      closeSync(both)
    }
  })

  it.skipIf(skipped !== undefined)('is left alone where another file was planted in the place of the copy', () => {
    writeFileSync(file, TEXT)
    const before = possible(argv)
    const copy = `${file}.${before['stamp']}.gz`
    for (const name of [copy, `${copy}.part`])
      for (const to of ['/dev/null', path.join(folder, 'victim')]) {
        symlinkSync(to, name)
        expect(run(argv, act.script([file], before))).toMatchObject({
          status: MOVED,
          stdout: expect.stringContaining('already'),
        })
        const left = ['app.log', path.basename(name)].toSorted()
        nothingDone(left)
        // Planted right after the look.
        const late = act.script([file], before).replace(/^for each in .*already"; done$/mu, '')
        expect(late).not.toBe(act.script([file], before))
        if (name !== copy) {
          const { status, stdout } = run(argv, late)
          expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining('nothing was emptied') })
        }
        nothingDone(left)
        rmSync(name)
      }
  })

  it.skipIf(skipped !== undefined)('is left alone where it was replaced or went away since the plan', () => {
    writeFileSync(file, TEXT)
    const before = possible(argv)
    const old = `${file}.1`
    renameSync(file, old)
    expect(run(argv, act.script([file], before)).status).toBe(MOVED)
    expect(readdirSync(folder)).toEqual(['app.log.1'])
    symlinkSync(path.join(folder, 'none'), file)
    expect(run(argv, act.script([file], before)).status).toBe(MOVED)
    expect(readdirSync(folder)).toEqual(['app.log', 'app.log.1'])
    rmSync(file)
    // Gone right after the look at it.
    const late = act.script([file], before).replace(/^.*it is no plain file any more'$/mu, '')
    expect(run(argv, late)).toMatchObject({ status: MOVED, stdout: expect.stringContaining('cannot be opened') })
    expect(readdirSync(folder)).toEqual(['app.log.1'])
    writeFileSync(file, TEXT)
    expect(run(argv, act.script([file], before)).status).toBe(MOVED)
    nothingDone(['app.log', 'app.log.1'])
    rmSync(file)
    renameSync(old, file)
    linkSync(file, old)
    expect(run(argv, act.script([file], before)).status).toBe(MOVED)
    rmSync(old)
    expect(act.judge(answerIn('seen yes'), [file], before)).toMatchObject({ unseen: true })
    const moved = `${folder}-moved`
    renameSync(folder, moved)
    symlinkSync(moved, folder)
    expect(run(argv, act.script([file], before)).status).toBe(MOVED)
    nothingDone()
  })

  const unmountable = skipped ?? (mayMount ? undefined : 'needs leave to mount')
  it.skipIf(unmountable !== undefined)('is left alone where its copy takes too much of the room', () => {
    mount('-t', 'tmpfs', '-o', 'size=5m', 'none', folder)
    let seed = 1
    const noise = Buffer.from(
      Array.from({ length: 786_432 }, () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 24),
    ).toString('base64')
    const text = Array.from({ length: 3 }, () => noise).join('')
    writeFileSync(file, text)
    const before = possible(argv)
    expect(run(argv, act.script([file], before))).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/could not be compressed.*nothing was emptied/),
    })
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(readdirSync(folder)).toEqual(['app.log'])
    expect(judged(argv, before)).toMatchObject({ worked: false })
    expect(run(argv, act.script([file], { ...before, bytes: '99999999' }))).toMatchObject({
      status: MOVED,
      stdout: expect.stringMatching(/room/),
    })
  })
})

describe('a log', () => {
  it('is named by a path without a dot alone', () => {
    expect(targetOf(['/var/log/./app.log'])).toMatchObject({ why: expect.stringMatching(/no full path/) })
    expect(targetOf(['/var/log/.app.log'])).toEqual(['/var/log/.app.log'])
  })

  it.skipIf(why !== undefined)('that is reached through a link is refused, and the path without one is said', () => {
    mkdirSync(path.join(folder, 'releases/1'), { recursive: true })
    symlinkSync('releases/1', path.join(folder, 'current'))
    const real = path.join(folder, 'releases/1/app.log')
    writeFileSync(real, TEXT)
    const linked = path.join(folder, 'current/app.log')
    expect(planned(['sh'], linked)).toMatchObject({
      possible: false,
      why: expect.stringContaining(`it is ${real}`),
      tryNext: `rotate-log ${real}`,
    })
    const before = possible(['sh'], real)
    expect(run(['sh'], act.script([linked], before)).status).toBe(MOVED)
    expect(readFileSync(real, 'utf8')).toBe(TEXT)
  })

  it.skipIf(why !== undefined || !onPath('python3'))('that a process has mapped is refused', async () => {
    writeFileSync(file, TEXT)
    const before = possible()
    const program =
      'import mmap, sys\nfile = open(sys.argv[1])\nm = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)\nfile.close()\nprint("mapped", flush=True)\nsys.stdin.read()'
    const holder = spawn('python3', ['-c', program, file], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      await once(holder.stdout, 'data')
      const pids = [holder.pid ?? 0]
      expect(planned(['sh'], file, pids)).toMatchObject({
        possible: false,
        why: expect.stringContaining(`memory of process ${holder.pid}`),
      })
      expect(run(['sh'], act.script([file], before), pids).status).toBe(MOVED)
      nothingDone()
    } finally {
      holder.kill()
      await once(holder, 'close')
    }
  })

  it.skipIf(why !== undefined)('that cannot be emptied keeps what is in it, and the copy goes', () => {
    writeFileSync(file, TEXT)
    const before = possible()
    const script = act.script([file], before)
    // As where the file has the attribute that it may only grow (chattr +a), or the disk has become read-only.
    const deaf = script.replace('( : >/proc/self/fd/9 )', '( : >/nonexistent/9 )')
    expect(deaf).not.toBe(script)
    expect(run(['sh'], deaf)).toMatchObject({ status: 1, stdout: 'it could not be emptied; nothing was emptied\n' })
    nothingDone()
    const unsynced = script.replace('$limit sync "$part" ||', 'false ||')
    expect(run(['sh'], unsynced)).toMatchObject({ status: 1, stdout: expect.stringContaining('brought to the disk') })
    nothingDone()
  })

  it.skipIf(why !== undefined)('of which not all could be seen is left alone', () => {
    writeFileSync(file, TEXT)
    const before = possible()
    for (const [from, to] of [
      // As of a file on a server that does not answer, which ends by the time limit.
      ['$limit stat -L', 'exit 124; stat -L'],
      ['/proc/[0-9]*/fd ', '/proc/self/fdinfo/.. '],
      ['-maxdepth 1', '-maxdepth none'],
      ['/maps 2>&1; LC_ALL', '/maps /proc/self/mem 2>&1; LC_ALL'],
    ] as const) {
      const [planning, acting] = [planScript([file]), act.script([file], before)]
      expect(planning, from).toContain(from)
      expect(plan(answerIn(run(['sh'], planning.replace(from, to)).stdout), [file]), from).toMatchObject({
        possible: false,
        why: expect.stringMatching(/could not be seen of all processes/),
      })
      expect(run(['sh'], acting.replace(from, to)), from).toMatchObject({
        status: MOVED,
        stdout: 'who writes to it cannot be seen any more\n',
      })
    }
    nothingDone()
  })

  it.each([
    ['/var/log/shop/app.log', undefined],
    ['/srv/shop/production.log-20260101', undefined],
    ['/srv/log/shop', undefined],
    ['/var/lib/redis/appendonly.aof', /danger: neither its name/],
    ['/var/mail/amy', /danger: neither its name/],
    ['/var/lib/dpkg/status', /danger: neither its name/],
  ])('%s may be read again: %s', (name, danger) => {
    const made = plan(answerIn(`${SEEN}\nreal ${name}`), [name])
    const dangers = made.possible ? made.lines.filter((line) => line.startsWith('danger: ')) : [made.why]
    if (danger === undefined) expect(dangers).toEqual([])
    else expect(dangers.join('\n')).toMatch(danger)
  })

  it('of a container is written to from outside, too', () => {
    const made = plan(answerIn(`${SEEN}\nreal /var/log/app.log\ncontained yes`), ['/var/log/app.log'])
    expect(made.possible && made.lines.join('\n')).toMatch(/danger: this box is a container/)
  })

  it('is offered where a copy has room and time', () => {
    const offered = (line: string) => offers?.(answerIn(`log ${line}`)).map(({ target }) => target[0])
    expect(offered('2097152 512 1073741824 100000 4096 /var/log/app.log')).toEqual(['/var/log/app.log'])
    expect(offered('2097152 512 1073741824 0 4096 /var/log/app.log')).toEqual([])
    expect(offered('2097152 512 1073741824  /var/log/app.log')).toEqual([])
    expect(offered('20971520 512 10737418240 10000000 4096 /var/log/app.log')).toEqual([])
  })

  const busybox = SHELLS.find(({ name }) => name === 'busybox ash')
  it.skipIf(busybox?.missing !== undefined)('is found by the find of busybox, too', () => {
    writeFileSync(file, '')
    const descriptor = openSync(file, 'r+')
    ftruncateSync(descriptor, 300 * 1024 * 1024)
    closeSync(descriptor)
    writeFileSync(path.join(folder, 'small.log'), TEXT)
    const bin = path.join(folder, 'bin')
    mkdirSync(bin)
    spawnSync('sh', ['-c', 'busybox --install -s "$0"', bin])
    const script = survey.replace('/var/log', folder)
    for (const [shell, env] of [
      ['sh', process.env],
      [path.join(bin, 'sh'), { PATH: bin }],
    ] as const) {
      const { stdout } = spawnSync(shell, ['-c', script], { encoding: 'utf8', env })
      expect(stdout).toMatch(/^log \d+ \d+ 314572800 \d+ \d+ \/\S+app\.log\n$/)
    }
  })

  it.skipIf(why !== undefined || busybox?.missing !== undefined)('is rotated by the tools of busybox alone', () => {
    writeFileSync(file, TEXT)
    const bin = path.join(root, 'bin')
    mkdirSync(bin)
    spawnSync('sh', ['-c', 'busybox --install -s "$0"', bin])
    const argv = ['env', `PATH=${bin}`, path.join(bin, 'sh')]
    const plain = openSync(file, 'r+')
    expect(planned(argv)).toMatchObject({ possible: false, why: expect.stringMatching(/without O_APPEND/) })
    closeSync(plain)
    const before = possible(argv)
    expect(run(argv, act.script([file], before))).toMatchObject({ status: 0, stdout: '' })
    expect(judged(argv, before)).toMatchObject({ worked: true })
    expect(gunzipSync(readFileSync(`${file}.${before['stamp']}.gz`)).toString()).toBe(TEXT)
    expect(existsSync(file) && statSync(file).size).toBe(0)
  })
})

const SEEN = `uid 0\nthere yes\nkind regular file\nlinks 1\nowner 33:4\nmode 640\ninode 29:7\nblocks 204800 512\nsize 104857600
stamp 20261126-210000\nspace 100000 1000000 4096\ntext yes\nfds read\nmaps read`

describe('whether a log was rotated', () => {
  const before = { inode: '29:7', owner: '0:0', mode: '640', stamp: '20261126-210000', bytes: '104857600', space: '' }
  const there = ['seen yes', 'inode 29:7']
  it.each([
    ['its copy is there', [...there, 'blocks 0 512', 'copy yes', 'copied 20 512'], { worked: true }],
    ['it has grown again', [...there, 'blocks 204800 512', 'copy yes', 'copied 20 512'], { worked: true }],
    ['another one has its name', ['seen yes', 'inode 29:8', 'copy yes'], { worked: true }],
    ['it is as large, and no copy there', [...there, 'blocks 204800 512'], { worked: false }],
    ['it is small, and no copy there', [...there, 'blocks 0 512'], { worked: false, unseen: true }],
    ['the copy is not whole', [...there, 'blocks 0 512', 'part yes'], { worked: false, unseen: true }],
    ['it is another file', ['seen yes', 'inode 29:8', 'blocks 0 512'], { worked: false, unseen: true }],
    ['its folder was not seen', ['inode 29:7', 'blocks 0 512', 'copy yes'], { worked: false, unseen: true }],
  ] as const)('%s', (_when, lines, expected) => {
    const { says, ...verdict } = act.judge(answerIn(lines.join('\n')), ['/var/log/app.log'], before)
    expect(verdict).toEqual(expected)
    expect(says[0]).not.toBe('')
  })
})
