import { expect, test } from 'vitest'
import type { BoxTime } from '../time/box-time.ts'
import { layoutOf } from '../layout/layout.ts'
import { recordsOf } from '../layout/records.ts'

const TIME: BoxTime = { nowMs: Date.UTC(2026, 10, 26, 7), zone: 'Europe/Vienna' }

test('detail and statement of an error of PostgreSQL are one record with it, the next error is another', () => {
  const log = Buffer.from(
    [
      '2026-11-26 07:44:15.350 CET [19592] shop@orders LOG:  duration: 10.498 ms  statement: select 1',
      '2026-11-26 07:44:15.362 CET [19592] shop@orders ERROR:  duplicate key value violates unique constraint "t_pkey"',
      '2026-11-26 07:44:15.362 CET [19592] shop@orders DETAIL:  Key (id)=(1) already exists.',
      '2026-11-26 07:44:15.362 CET [19592] shop@orders STATEMENT:  insert into t',
      '\t values(1)',
      '2026-11-26 07:44:15.370 CET [19592] shop@orders ERROR:  division by zero',
      '2026-11-26 07:44:15.370 CET [19592] shop@orders STATEMENT:  select 1/0',
      '',
    ].join('\n'),
  )
  expect(recordsOf(log, layoutOf(log, TIME)).map(({ text }) => text.split('\n').length)).toEqual([1, 4, 2])
})

test('such words in the log of another program begin records as ever', () => {
  const log = Buffer.from(
    ['2026-11-26 07:44:15 DETAIL:  one', '2026-11-26 07:44:16 DETAIL:  two', '2026-11-26 07:44:17 three', ''].join(
      '\n',
    ),
  )
  expect(recordsOf(log, layoutOf(log, TIME)).length).toBe(3)
})
