import { describe, expect, it } from 'vitest'
import { noConfiguration } from '../boxes/configuration-file.ts'
import type { Configuration } from '../boxes/configuration.ts'
import { redactor } from '../incidents/redaction/index.ts'
import { Problem } from './problem.ts'
import { patternsOf } from './patterns.ts'

function withPattern(pattern: string): Configuration {
  return { ...noConfiguration, redact: [{ kind: 'badge', pattern, place: 'h.yaml:3: "redact.0.pattern"' }] }
}

describe('patternsOf', () => {
  it('gives rules for the patterns of halligan.yaml', async () => {
    const redact = redactor({ key: Buffer.alloc(32), patterns: await patternsOf(withPattern('BADGE-[0-9]+')) })
    expect(redact('by BADGE-12 at 10:00')).toMatch(/^by ‹secret:badge:\w{4}› at 10:00$/)
    expect(await patternsOf(noConfiguration)).toEqual([])
  })

  it('names the place of one that cannot be used, and why', async () => {
    const problem = await patternsOf(withPattern('(?=a)b')).catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(Problem)
    expect(problem).toMatchObject({ exitCode: 2 })
    expect(String(problem)).toMatch(/h\.yaml:3: "redact\.0\.pattern": invalid or unsupported Perl syntax.*\.$/)
  })
})
