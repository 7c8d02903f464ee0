import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'

const FOLDER = path.join(import.meta.dirname, 'fixtures/goldens')
const WRITING = process.env['HALLIGAN_WRITE_GOLDENS'] === '1'

/**
 * Compares a whole screen with the text that a person has read and found good. A golden that is missing or different fails; it is written
 * only on purpose (`npm run goldens`), and the difference is read before it is committed. Escape sequences stand as `␛`.
 */
export function expectGolden(name: string, text: string, folder = FOLDER): void {
  const file = path.join(folder, name)
  const readable = text.replaceAll('\u001b', '␛')
  if (WRITING) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, readable)
  }
  expect(existsSync(file), `there is no golden ${name}: npm run goldens writes it, to be read`).toBe(true)
  expect(readable).toBe(readFileSync(file, 'utf8'))
}

/** Names of all goldens that there are. */
export function goldenNames(): readonly string[] {
  return readdirSync(FOLDER).toSorted()
}
