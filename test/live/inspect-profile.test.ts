import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NODE, shows } from '../matrix/shows.ts'

const MAIN = path.join(import.meta.dirname, '../../bin/halligan.cjs')
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-profile-'))
const children: ChildProcess[] = []

beforeAll(() => {
  writeFileSync(
    path.join(folder, 'orders.cjs'),
    `function priceOrder(n) { let sum = 0; for (let at = 0; at < n; at += 1) sum += Math.sqrt(at); return sum }
function checkout() { return priceOrder(200000) }
setInterval(() => checkout(), 5)
console.log('ready')
`,
  )
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** A program that burns in `priceOrder`. */
async function service(): Promise<number> {
  const child = spawn(process.execPath, [path.join(folder, 'orders.cjs')], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  return child.pid ?? 0
}

function inspect(...words: readonly string[]): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  return spawnSync(process.execPath, [MAIN, 'inspect', 'local', ...words], {
    encoding: 'utf8',
    env: { ...process.env, HALLIGAN_HOME: path.join(folder, 'home'), HALLIGAN_BY: 'ada', LANG: 'C.UTF-8' },
  })
}

describe('halligan inspect --profile', () => {
  it(
    'says where a Node service burns, writes it, compares with it, and leaves nothing',
    { ...shows('Node.js', NODE, 'state', 'profile'), timeout: 120_000 },
    async () => {
      const pid = String(await service())
      const file = path.join(folder, 'before.speedscope.json')
      const refused = inspect(pid, '--profile', '1s', '--output', file)
      expect(refused.status).toBe(1)
      expect(refused.stdout).toContain('its price is pause, which nobody accepted')
      // On a busy machine a second has a dozen samples, and most may be of its start.
      const first = inspect(pid, '--profile', '3s', '--accept', 'pause', '--output', file)
      expect(first.stdout).toMatch(/hottest path[^]*▸ checkout[^]*▸ priceOrder/)
      expect(first.stdout).toContain('Beside that no file, no probe and no open port is left.')
      expect(JSON.parse(readFileSync(file, 'utf8')).shared.frames).toContainEqual(
        expect.objectContaining({ name: 'priceOrder', line: 1 }),
      )
      const second = inspect(pid, '--profile', '3s', '--accept', 'pause', '--compare', file, '--json')
      const { profile, paid } = JSON.parse(second.stdout)
      // What V8 cannot tell may stand before it on a busy machine.
      const own = profile.bySelf.find((spent: { own?: boolean }) => spent.own)
      expect(own).toMatchObject({ function: 'priceOrder' })
      expect(profile.compared).toMatchObject({ with: file, byNameAlone: false })
      expect(paid[0]).toMatchObject({ inspector: 'node-profile', price: 'pause', proof: { tool: 'gone', left: [] } })
    },
  )
})
