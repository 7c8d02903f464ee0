import { describe, expect, it } from 'vitest'
import { GROUPS, program } from '../../src/views/program.ts'

const finish = (): void => {}
const namesOf = (word?: string): readonly string[] => program(finish, word).commands.map((command) => command.name())
/** Their action looks at all commands, so all are made for them. */
const NEEDS_ALL = ['completion', 'complete-boxes', 'complete-incidents']

describe('the groups of commands', () => {
  it('have each command in one of them', () => {
    expect(GROUPS.flatMap(({ names }) => names).toSorted()).toEqual(
      namesOf()
        .filter((name) => !NEEDS_ALL.includes(name))
        .toSorted(),
    )
  })

  it.each(GROUPS.flatMap(({ names }) => names))('%s is made alone with its group', (name) => {
    const made = namesOf(name)
    expect(made).toContain(name)
    expect(made.length).toBeLessThan(namesOf().length / 2)
  })

  it.each([undefined, 'help', '--help', 'nothing', ...NEEDS_ALL])('%s has all of them', (word) => {
    expect(namesOf(word)).toEqual(namesOf())
  })
})
