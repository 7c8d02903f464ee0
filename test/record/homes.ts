import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

/** Fresh folders, which go when the tests of the file are done. */
export function homes(): () => string {
  const root = mkdtempSync(path.join(tmpdir(), 'halligan-record-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  let count = 0
  return () => path.join(root, `${(count += 1)}`)
}
