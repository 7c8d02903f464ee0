import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openBox } from '../../src/boxes/open.ts'
import { lookAt } from '../../src/steps/look.ts'
import { redact } from '../redact.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-zstd-'))
const PATH = process.env['PATH']
afterEach(() => {
  process.env['PATH'] = PATH
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a look at a box whose zstd', () => {
  it.each([
    ['lacks a library', 'echo "zstd: error while loading shared libraries" >&2; exit 127'],
    ['prints something else', 'cat >/dev/null; head -c 5000 /dev/urandom'],
    ['hangs', 'exec sleep 7316'],
  ])('%s still comes to a conclusion, and says so', async (_what, body) => {
    // Where few processes run, gzip is asked.
    for (const name of ['zstd', 'gzip']) {
      writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`)
      chmodSync(path.join(folder, name), 0o755)
    }
    process.env['PATH'] = `${folder}:${PATH}`
    const box = openBox('local')
    try {
      const look = await lookAt(box, { deep: false, windowSeconds: 0.3, compression: 'auto', redact })
      expect(look.identity).toBeDefined()
      expect(look.failure).toBeUndefined()
      expect(look.warnings.join()).toContain('zstd')
    } finally {
      await box.close()
    }
  })
})
