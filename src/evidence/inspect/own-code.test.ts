import { describe, expect, it } from 'vitest'
import { ownWithSource } from './own-code.ts'

describe('what is own code of a program', () => {
  const libc = { function: '__lll_lock_wait', own: true }
  const orders = { function: 'take_orders', own: true, file: '/srv/deadlock.c', line: 10 }
  const start = { function: 'start_thread', module: '/lib/libc.so.6', own: false }

  it('is what has a source, where any has one: a static program has its libraries in it', () => {
    const [thread] = ownWithSource([{ tid: 7, frames: [libc, orders, start] }])
    expect(thread?.frames.map(({ function: called, own }) => `${called} ${own}`)).toEqual([
      '__lll_lock_wait false',
      'take_orders true',
      'start_thread false',
    ])
  })

  it('is what is in the program, where no source is known, and the source of a library tells nothing', () => {
    const threads = [{ tid: 7, frames: [libc, { ...start, file: '/build/glibc/pthread.c', line: 3 }] }]
    expect(ownWithSource(threads)).toEqual(threads)
  })
})
