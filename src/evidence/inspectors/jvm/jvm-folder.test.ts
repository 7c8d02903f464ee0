import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { JVM_FOLDER, jvmFolderGuard } from './jvm-folder.ts'

const PATIENCE_MS = 20_000
const WATCHED = '{"watched":[],"end":true}\n'

describe('the folder in which a JVM answers, which belongs to its user', () => {
  let own: string
  /** As the name of `own` says. */
  let folder: string
  beforeEach(() => {
    own = mkdtempSync(path.join(tmpdir(), 'halligan-folder.'))
    folder = `/dev/shm/.halligan-jvm.${own.split('.').at(-1)}`
    mkdirSync(folder, { mode: 0o700 })
  })
  afterEach(() => {
    rmSync(own, { recursive: true })
    rmSync(folder, { recursive: true, force: true })
  })

  const sh = (text: string): string => {
    writeFileSync(`${own}/script`, text)
    return execFileSync('sh', [`${own}/script`], { encoding: 'utf8', timeout: PATIENCE_MS })
  }
  const got = (): string => sh(`as= folder=${folder}\n${JVM_FOLDER}\nhalligan_get answer || :`)
  const pipe = (): unknown => execFileSync('mkfifo', [`${folder}/answer`])
  const link = (): void => {
    writeFileSync(`${own}/secret`, WATCHED)
    symlinkSync(`${own}/secret`, `${folder}/answer`)
  }

  it('gives a file of it, and neither what a link leads to nor what a pipe would', () => {
    expect(got()).toBe('')
    writeFileSync(`${folder}/answer`, WATCHED)
    expect(got()).toBe(WATCHED)
    rmSync(`${folder}/answer`)
    link()
    expect(got()).toBe('')
    rmSync(`${folder}/answer`)
    pipe()
    expect(got()).toBe('')
  })

  const target = {
    process: {
      pid: process.pid,
      startTicks: 1,
      uid: process.getuid?.() ?? 0,
      namespacePids: [process.pid],
      sameFiles: true,
    },
  } as unknown as Target
  const { cleanUp, residue } = jvmFolderGuard(target)

  it.each([
    ['link', link],
    ['pipe', pipe],
  ])('is taken away with a %s in the place of the answer, which is not read', (_, put) => {
    put()
    sh(cleanUp ?? '')
    expect(existsSync(folder)).toBe(false)
    expect(sh(residue ?? '')).toBe('')
  })

  it.each([
    ['watched', `${WATCHED}{"ended":true,"restored":false}\n`],
    ['half changed', '{"half":true}\n{"refused":"java.lang.OutOfMemoryError"}\n'],
  ])('is taken away, and it is said that a JVM that was %s did not say that it is as it was', (_, answer) => {
    writeFileSync(`${folder}/answer`, answer)
    sh(cleanUp ?? '')
    expect(existsSync(folder)).toBe(false)
    expect(sh(residue ?? '')).toMatch(/^the JVM did not say that what the agent changed is as it was/)
  })

  it('is taken away, and nothing is said where the JVM did', () => {
    writeFileSync(`${folder}/answer`, `${WATCHED}{"ended":true,"restored":true}\n`)
    sh(cleanUp ?? '')
    expect(existsSync(folder)).toBe(false)
    expect(sh(residue ?? '')).toBe('')
  })
})
