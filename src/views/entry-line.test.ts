import { describe, expect, it } from 'vitest'
import { entryJson } from './entry-line.ts'
import { chained, opened } from '../../test/incidents/entries.ts'

describe('an entry as a line of JSON', () => {
  const [first] = chained([opened])

  it('is what the record has, on one line', () => {
    if (!first) throw new Error('there is one')
    const line = entryJson(first)
    expect(line.trimEnd()).not.toContain('\n')
    expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(first)))
  })

  it('has the kind that stands in the record, also one that this version does not know', () => {
    if (!first) throw new Error('there is one')
    const line = entryJson({ ...first, did: 'other', saysDid: 'drilled', payload: { drill: 'disk-full' } })
    expect(JSON.parse(line)).toMatchObject({ did: 'drilled', payload: { drill: 'disk-full' } })
    expect(JSON.parse(line)).not.toHaveProperty('saysDid')
  })
})
