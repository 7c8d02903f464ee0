import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECKS_DOC, checksDoc } from '../../scripts/checks-doc.ts'
import * as checks from '../../src/findings/checks/index.ts'

const root = path.join(import.meta.dirname, '../..')
const folder = path.join(root, 'src/findings/checks')
const examples = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(path.join(folder, file), 'utf8'))
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts')
  .map((file) => file.slice(0, -3))

describe('the registry of checks', () => {
  it('has a line for each file, and the id is the name of the file', () => {
    expect(
      Object.values(checks)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(files.toSorted())
  })

  it('has at least 25 checks', () => {
    expect(files.length).toBeGreaterThanOrEqual(25)
  })

  it.each(Object.values(checks).map((check) => [check.id, check] as const))(
    '%s is shown as it says',
    (id, { shown }) => {
      if (shown.how === 'lit live') {
        const test = path.join(root, shown.test)
        expect(existsSync(test) && readFileSync(test, 'utf8').includes(`check: '${id}'`)).toBe(true)
      } else {
        // The example with the published figures says where they are from.
        const source = /^https:\/\/(.+)$/.exec(shown.source)?.[1]?.replace(/\/$/, '') ?? 'no https address'
        expect(examples.some((text) => text.includes(source))).toBe(true)
      }
    },
  )

  it.each(Object.values(checks).map((check) => [check.id, check] as const))('%s is tested by examples', (id) => {
    const camel = id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    expect(examples.some((text) => text.includes(`describeCheck(${camel},`))).toBe(true)
  })

  it('is what docs/checks.md says (npm run checks-doc)', () => {
    expect(readFileSync(CHECKS_DOC, 'utf8')).toBe(checksDoc())
  })
})
