import { describe, expect, it } from 'vitest'
import { Problem } from '../problem.ts'
import { mustSuitCore, requestsOf } from './requests.ts'

async function refusal(flags: Parameters<typeof requestsOf>[0]): Promise<string> {
  try {
    await requestsOf(flags)
    return ''
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

describe('what one look into a process is for', () => {
  it('is one thing at a time', async () => {
    expect(await refusal({ profile: '1s', onCrash: true })).toBe('--profile and --on-crash are two looks.')
    expect(await refusal({ memory: true, core: true })).toBe('--memory and --core are two looks.')
    expect(await refusal({ at: 'cart.c:1', memory: true })).toBe('--memory and --at are two looks.')
  })

  it('has the times that are usual, and those that are named', async () => {
    expect(await requestsOf({})).toEqual({})
    expect(await requestsOf({ memory: true })).toMatchObject({ memory: { forMs: 30_000 } })
    expect(await requestsOf({ onCrash: true })).toMatchObject({ onCrash: { forMs: 1_800_000 } })
    expect(await requestsOf({ onCrash: true, for: '2h' })).toMatchObject({ onCrash: { forMs: 7_200_000 } })
    expect(await requestsOf({ at: 'price', for: '500ms' }).catch((error: unknown) => String(error))).toContain('--for')
    expect(await requestsOf({ core: '/var/tmp' })).toMatchObject({ core: { folder: '/var/tmp' } })
  })

  it.each([
    [{ for: '3s' }, '--for is for what is watched.'],
    [{ when: 'a < 0' }, '--when is for snapshots.'],
    [{ offCpu: true }, '--off-cpu is for profiles.'],
    [{ core: 'tmp' }, '--core takes a folder on the box, and "tmp" is none.'],
    [{ at: 'a b' }, '--at takes a statement, and "a b" is none.'],
    [
      { at: 'price', when: 'a = 1' },
      '--when a = 1 is refused: "=" would set a variable: nothing in the program is changed.',
    ],
    [{ at: 'price', hits: '0' }, '--hits takes a number from 1 to 100, not "0".'],
  ])('refuses %j', async (flags, why) => {
    expect(await refusal(flags)).toBe(why)
  })

  it('is nothing of a running process where a core is read', () => {
    expect(() => mustSuitCore({ details: true, json: true, binary: '/srv/app', stacks: true })).not.toThrow()
    expect(() => mustSuitCore({ core: true })).toThrow('--core is for running processes.')
    expect(() => mustSuitCore({ toolbox: 'tools' })).toThrow('--toolbox is for running processes.')
  })
})
