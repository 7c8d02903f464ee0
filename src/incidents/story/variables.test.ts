import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { variablesOf, withVariables, type Template } from './variables.ts'
import type { SeenFinding } from './sights.ts'

const subject = { kind: 'process', name: 'orders-api', pid: 88, unit: 'orders-api.service', peer: '10.0.0.7:5432' }
const variables = variablesOf(['web-1', 'web-2', 'web-1'], [{ subject } as SeenFinding])

describe('variables', () => {
  it('are boxes and what findings are about, each once', () => {
    expect(variables.map(({ name, was }) => [name, was])).toEqual([
      ['BOX', 'web-1'],
      ['BOX_2', 'web-2'],
      ['PID', '88'],
      ['UNIT', 'orders-api.service'],
      ['PEER', '10.0.0.7:5432'],
    ])
  })

  it.each([
    ['cat /proc/88/limits', 'cat /proc/$PID/limits'],
    ['grep pid=88, | head', 'grep pid=$PID, | head'],
    ['kill -9 88 881 188 8.88 88.8 a88 88a x-88 88', 'kill -9 $PID 881 188 8.88 88.8 a88 88a x-88 $PID'],
    ['systemctl status orders-api.service', 'systemctl status $UNIT'],
    ['nc 10.0.0.7:5432', 'nc $PEER'],
    ['nc 110.0.0.7:5432 10.0.0.7:54321', 'nc 110.0.0.7:5432 10.0.0.7:54321'],
    ['psql -h web-1', 'psql -h web-1'],
  ])('stand where the value stands as a word of its own: %s', (line, expected) => {
    expect(shown(withVariables(line, variables))).toBe(expected)
  })

  it('give the same text again with their values', () => {
    const words = fc.constantFrom('88', 'orders-api.service', '10.0.0.7:5432', ' ', '8', '/', 'x', '=', ',', "'")
    fc.assert(
      fc.property(
        fc.array(words).map((all) => all.join('')),
        (text) => {
          const values = new Map(variables.map(({ name, was }) => [name, was]))
          const again = withVariables(text, variables).map((piece) =>
            typeof piece === 'string' ? piece : values.get(piece.name),
          )
          expect(again.join('')).toBe(text)
        },
      ),
    )
  })
})

function shown(template: Template): string {
  return template.map((piece) => (typeof piece === 'string' ? piece : `$${piece.name}`)).join('')
}
