import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { privateFolder } from './private-folder.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'private-'))
const before = process.env['XDG_RUNTIME_DIR']
/** Beyond the largest pid_max (proc_sys_kernel(5)): no process has it. */
const NOBODYS_PID = 99_999_999
let runtime = ''

beforeEach(() => {
  runtime = mkdtempSync(path.join(folder, 'r-'))
  process.env['XDG_RUNTIME_DIR'] = runtime
})
afterEach(() => {
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR']
  else process.env['XDG_RUNTIME_DIR'] = before
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a private folder', () => {
  it('can be entered by its owner only, and is gone when it was removed', () => {
    const made = privateFolder()
    expect(path.dirname(made.path)).toBe(runtime)
    expect(statSync(made.path).mode & 0o777).toBe(0o700)
    made.remove()
    expect(existsSync(made.path)).toBe(false)
  })

  it('is not made where other users may rename', () => {
    chmodSync(runtime, 0o777)
    const made = privateFolder()
    made.remove()
    expect(path.dirname(made.path)).not.toBe(runtime)
  })

  it('is made where they may not: a sticky folder', () => {
    chmodSync(runtime, 0o1777)
    const made = privateFolder()
    made.remove()
    expect(path.dirname(made.path)).toBe(runtime)
  })

  it('is made elsewhere when XDG_RUNTIME_DIR is no folder', () => {
    process.env['XDG_RUNTIME_DIR'] = path.join(runtime, 'missing')
    const made = privateFolder()
    made.remove()
    expect(path.dirname(made.path)).not.toBe(path.join(runtime, 'missing'))
  })

  it('takes those of consoles that are gone along, but not a link', () => {
    const stale = path.join(runtime, `halligan-${NOBODYS_PID}-abcdef`)
    const link = path.join(runtime, `halligan-${NOBODYS_PID}-ghijkl`)
    mkdirSync(stale)
    mkdirSync(path.join(runtime, 'mine'))
    symlinkSync(path.join(runtime, 'mine'), link)
    if (process.getuid?.() === 0) lchownSync(link, 12_345, 12_345)
    privateFolder().remove()
    expect(existsSync(stale)).toBe(false)
    expect(existsSync(path.join(runtime, 'mine'))).toBe(true)
    if (process.getuid?.() === 0) expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })
})
