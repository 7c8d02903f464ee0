import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logStem, packingOf, ROTATION_AWK } from './rotation.ts'

const LOGS: Readonly<Record<string, readonly string[]>> = {
  '/l/app.log': [
    '/l/app.log',
    '/l/app.log.1',
    '/l/app.log.0',
    '/l/app.log.12.gz',
    '/l/app.log.2.zst',
    '/l/app-20240102.log',
    '/l/app.log-20240102',
    '/l/app.log-20240102.gz',
    '/l/app.log-20240102-1704153600.xz',
    '/l/app.log-1704153600',
    '/l/app.2024-01-02.log',
    '/l/app.2024-01-02.1.log',
    '/l/app-2024-01-02_150405.log',
    '/l/app.log.2024-01-02-15',
    '/l/app.log.2024-01-02T15:04:05.bz2',
    '/l/app.3.log.gz',
    '/l/app.log.old',
  ],
  '/var/log/pods/shop_web_1/web/0.log': ['/var/log/pods/shop_web_1/web/0.log.20240102-150405.gz'],
  '/var/log/messages': ['/var/log/messages.1', '/var/log/messages-20240102'],
  '/l/.log': ['/l/2024-01-02.log', '/l/20240103.log.gz'],
  '/l/php8.2-fpm.log': ['/l/php8.2-fpm.log', '/l/php8.2-fpm.log.1'],
  '/l/Xorg.0.log': ['/l/Xorg.0.log', '/l/Xorg.0.log.old'],
  '/l/postgresql-15-main.log': ['/l/postgresql-15-main.log.4.gz'],
  '/l/app1': ['/l/app1'],
  '/l/20240102': ['/l/20240102'],
}
const named = Object.entries(LOGS).flatMap(([stem, files]) => files.map((file) => [file, stem] as const))

describe('the log that a rotated file belongs to', () => {
  it.each(named)('%s is of %s', (file, stem) => {
    expect(logStem(file)).toBe(stem)
  })

  it.each(['mawk', 'busybox awk', 'gawk'].filter((awk) => spawnSync(awk.split(' ')[0] ?? '', []).error === undefined))(
    '%s says the same',
    (awk) => {
      const [program = '', ...args] = awk.split(' ')
      const { stdout } = spawnSync(program, [...args, `${ROTATION_AWK}\n{ print stem($0) }`], {
        input: named.map(([file]) => `${file}\n`).join(''),
        encoding: 'utf8',
        env: { LC_ALL: 'C', PATH: process.env['PATH'] },
      })
      expect(stdout).toBe(named.map(([, stem]) => `${stem}\n`).join(''))
    },
  )

  it('ends for any name, in the same folder, and is its own', () => {
    const piece = fc.constantFrom(
      'app',
      '.log',
      '.1',
      '-20240102',
      '.2024-01-02',
      '.gz',
      '.old',
      '.',
      '-',
      '0',
      'é',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const stem = logStem(`/l/${pieces.join('')}`)
        expect(stem.startsWith('/l/')).toBe(true)
        expect(logStem(stem)).toBe(stem)
      }),
      { numRuns: 200 },
    )
  })

  it('knows how it is packed', () => {
    expect(['a.gz', 'a.zst', 'a.xz', 'a.bz2', 'a.log', 'gz'].map(packingOf)).toEqual([
      'gzip',
      'zstd',
      'xz',
      'bzip2',
      undefined,
      undefined,
    ])
  })
})
