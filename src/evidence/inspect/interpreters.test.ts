import { describe, expect, it } from 'vitest'
import type { Target } from './inspector.ts'
import { interpreterNote } from './interpreters.ts'
import type { RuntimeKind } from './runtime.ts'

const target = (kind: RuntimeKind, ...tools: readonly string[]): Target =>
  ({ process: { pid: 812 }, runtime: { kind, details: [] }, box: { tools: new Set(tools) } }) as unknown as Target

describe('native stacks of an interpreter', () => {
  it.each<[RuntimeKind, RegExp]>([
    ['ruby', /those of Ruby itself .* rbspy would tell them, which is not on the box: rbspy snapshot --pid 812/],
    ['php', /those of PHP itself .* phpspy -l 1 -p 812/],
    ['dotnet', /those of \.NET itself .* dotnet-stack report -p 812/],
    ['shell', /^These are frames of the interpreter: those of the script itself are not told here\.$/],
  ])('of %s say so, and what would tell its own', (kind, words) => {
    expect(interpreterNote(target(kind))).toMatch(words)
  })

  it('say where that tool is there', () => {
    expect(interpreterNote(target('ruby', 'gdb', 'rbspy'))).toContain('rbspy would tell them, which is on the box')
  })

  it('of native code, and of what is read here, are what they are', () => {
    for (const kind of ['native', 'go', 'cpython', 'node', 'jvm'] as const)
      expect(interpreterNote(target(kind))).toBeUndefined()
  })
})
