import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { chained, look, opened } from '../../../test/incidents/entries.ts'
import { redact } from '../../../test/redact.ts'
import { boxThatSays } from '../../../test/relieve/box-that-says.ts'
import type { Box, Failure } from '../../boxes/box.ts'
import { offersOn, type Offers } from './offers.ts'

const TIME_IS_UP: Failure = { kind: 'timed-out', message: 'web-1 did not answer in 30 s.', tryNext: 'again' }
const entries = chained([opened, look([], {})])
const offersOf = (box: Box): Promise<Offers> => offersOn(box, { entries, redact, signal: new AbortController().signal })

describe('what could be done on a box', () => {
  it('is what came before the time was up, without a line that was cut, and says that there may be more', async () => {
    const text = 'restart.failed shop.service\nend-query.long 812 77\nend-mysql-query.long 77 9'
    const { others, failure } = await offersOf(boxThatSays(() => ({ text, failure: TIME_IS_UP })))
    expect(others.map(({ command }) => command)).toEqual([
      'halligan relieve web-1 restart shop.service',
      'halligan relieve web-1 end-query 812',
    ])
    expect(failure).toBe(TIME_IS_UP)
  })

  it('is not said to be nothing of a server that did not answer', async () => {
    const asked = 'end-query.tried yes\nend-query.long 812 77\nend-query.asked yes\nend-mysql-query.tried yes\n'
    const silent = await offersOf(boxThatSays(() => ({ text: asked })))
    expect(silent.others).toHaveLength(1)
    expect(silent.failure?.message).toMatch(/^web-1: what end-mysql-query could be done to was not told/)
    for (const said of ['end-mysql-query.asked yes', 'end-mysql-query.error 1045 (28000): Access denied'])
      expect((await offersOf(boxThatSays(() => ({ text: `${asked}${said}\n` })))).failure).toBeUndefined()
  })

  it('is asked of each thing for a few seconds alone', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-offers-'))
    try {
      let asked = ''
      const box = boxThatSays(() => ({}))
      const run: Box['run'] = async (script, options) => {
        asked = script
        return box.run(script, options)
      }
      await offersOf({ ...box, run })
      mkdirSync(path.join(folder, 'bin'))
      // It notes how long it may take, and runs nothing: as of things that all hang.
      writeFileSync(path.join(folder, 'bin/timeout'), `#!/bin/sh\n[ "$2" = true ] || echo "$1" >>${folder}/limits\n`, {
        mode: 0o755,
      })
      const env = { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` }
      expect(spawnSync('sh', ['-c', asked], { env, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
      const limits = readFileSync(path.join(folder, 'limits'), 'utf8').trim().split('\n').map(Number)
      expect(limits.length).toBeGreaterThan(5)
      expect(Math.max(...limits)).toBeLessThan(10)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
