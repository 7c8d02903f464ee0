import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokensOf } from './tokens.ts'

function masked(message: string): string {
  const { tokens, end } = tokensOf(message)
  return tokens.map(({ before, word }) => before + word).join('') + end
}

describe('the words of a message', () => {
  it.each([
    ['took 12 ms', 'took <*> ms'],
    ['took 1.5 s, 3 left', 'took <*> s, <*> left'],
    ['from 10.0.0.7:4711', 'from <*>:<*>'],
    ['from db-1.example.org:5432 to orders.example.org', 'from <*>:<*> to <*>'],
    ['job 0b4f1c2e-1111-4222-8333-444455556666 ended.', 'job <*> ended.'],
    ['port 80.', 'port <*>.'],
    ['read /var/log/app/today.log', 'read <*>'],
    ['user_id=17 name=anna', 'user_id=<*> name=anna'],
    ['size 1.2 KB (free 3 GB)', 'size <*> (free <*>)'],
    ['lladdr 52:54:00:12:34:56 up', 'lladdr <*> up'],
    ['split hdfs://node-1:9000/a/b', 'split hdfs://<*>'],
    ['see http://example.org/help', 'see http://example.org/help'],
    ['peer ()', 'peer (<*>)'],
    ['call run()', 'call run()'],
    ['retry shortly ...', 'retry shortly ...'],
    ['on Mon Jul 25 23:24:09 2005', 'on <*>:<*>:<*>'],
    ['a   b\tc', 'a b c'],
  ])('of %j are %j', (message, expected) => {
    expect(masked(message)).toBe(expected)
  })

  it('keep names in quotes together', () => {
    expect(tokensOf('tag="View Lock", x').tokens.map(({ word }) => word)).toEqual(['tag', 'View Lock', 'x'])
  })

  it('are found in any text, and are all of it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const { tokens, end } = tokensOf(text)
        const again = tokens.map(({ before, raw }) => before + raw).join('') + end
        expect(again.replaceAll(/[\s()[\]"']/g, '')).toBe(text.replaceAll(/[\s()[\]"']/g, ''))
      }),
      { numRuns: 300 },
    )
  })
})
