import { describe, expect, it } from 'vitest'
import type { Frame } from './frame.ts'
import { namelessFrames } from './nameless-frames.ts'
import type { RuntimeKind } from './runtime.ts'

const FRAMES: readonly Frame[] = [
  { function: '??' },
  { function: '??', module: '/usr/bin/node' },
  { function: '??', module: '/usr/lib/libc.so.6' },
  { function: 'uv_run', module: '/usr/bin/node' },
]
const of = (kind: RuntimeKind, tellsFiles?: boolean): readonly string[] =>
  namelessFrames(
    [{ atMs: 0, threads: [{ tid: 1, frames: FRAMES }] }],
    { kind, details: [], module: '/usr/bin/node' },
    tellsFiles,
  )

describe('frames without a name', () => {
  it('in no file are of code that was made as the process ran', () => {
    expect(of('native')).toEqual([expect.stringMatching(/^1 of 4 frames are in no file/)])
  })

  it('of a runtime that makes code are told with what names them, those in the runtime too', () => {
    expect(of('node')).toEqual([expect.stringMatching(/^2 of 4 frames have no name .* --by node-stacks tells/)])
    expect(of('jvm', false)).toEqual([expect.stringContaining('--by jvm-stacks tells the names')])
  })

  it('may be of a stripped program, where their file is not told', () => {
    expect(of('native', false)).toEqual([])
    expect(namelessFrames([], { kind: 'node', details: [] })).toEqual([])
  })
})
