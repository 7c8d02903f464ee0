import { expect, test } from 'vitest'
import { processStatus } from './process-status.ts'

const read = (...lines: readonly string[]) =>
  processStatus.parse({ first: { atSeconds: 1, text: lines.join('\n') } }, { beganAtMs: 0 })

test('a process that is traced, and one that is not', () => {
  const status = read(
    '812/status:TracerPid:\t913',
    '812/status:Uid:\t33\t33\t33\t33',
    '812/status:RssAnon:\t     100 kB',
    '812/status:VmSwap:\t       0 kB',
    '913/status:Uid:\t0\t0\t0\t0',
  )
  expect(status.get(812)).toEqual({ uid: 33, swapBytes: 0, anonymousBytes: 102_400, tracer: 913 })
  expect(status.get(913)?.tracer).toBeUndefined()
})

test('a tracer of another PID namespace is 0', () => {
  expect(read('812/status:TracerPid:\t0', '812/status:Uid:\t33\t33\t33\t33').get(812)?.tracer).toBeUndefined()
})
