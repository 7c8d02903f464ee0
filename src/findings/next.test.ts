import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onBox, quoted } from './next.ts'

describe('onBox', () => {
  it.each([
    ['local', 'free -m', 'free -m'],
    ['recorded:web-1.look', 'free -m', 'free -m'],
    ['web-1', 'free -m', "ssh web-1 'free -m'"],
    ['amy@web-1:2222', 'uptime', 'ssh -p 2222 amy@web-1 uptime'],
    ['ssh://amy@web-1:2222', 'uptime', 'ssh -p 2222 amy@web-1 uptime'],
    ['fe80::1', 'uptime', 'ssh fe80::1 uptime'],
    ['amy@[::1]:2222', 'uptime', 'ssh -p 2222 amy@::1 uptime'],
    ['docker:shop_1', 'ps aux', "docker exec shop_1 sh -c 'ps aux'"],
    ['web-1', "dmesg | grep -E 'oom|killed'", `ssh web-1 "dmesg | grep -E 'oom|killed'"`],
    ['web-1', `ls ${quoted("it's here")}`, `ssh web-1 'ls "it'\\''s here"'`],
  ])('%s: %s', (box, command, expected) => {
    expect(onBox(box, command)).toBe(expected)
  })
})

describe('quoted', () => {
  it('gives back any word through a real shell, and runs nothing of it', () => {
    const telling = fc.string({ unit: fc.constantFrom("'", '"', '$', '`', '\\', '!', ' ', 'a'), maxLength: 12 })
    const word = fc.oneof(telling, fc.string({ maxLength: 40 })).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(word, (text) => {
        expect(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).toBe(text)
      }),
      { numRuns: 50 },
    )
  })
})
