import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startFleet } from '../../boxes/fleet.ts'
import { openShop } from './shop.ts'

// The shop by hand, as root: node test/scenes/shop/by-hand.ts. Half a minute of visits, the deploy that breaks something, and what to type; visits go on
// until Ctrl-C, or for half an hour.

const PER_SECOND = 60
const SECONDS_BEFORE = 30
const SECONDS_AFTER = 1800

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-shop-'))
const repository = path.join(folder, 'shop')
const fleet = await startFleet({
  boxes: ['web-1'],
  hook: path.resolve(import.meta.dirname, '../../boxes/with-shop.sh'),
})
const enough = new AbortController()
process.once('SIGINT', () => enough.abort())
try {
  const shop = await openShop(fleet, 'web-1', repository)
  process.stdout.write(`${PER_SECOND} visits a second for ${SECONDS_BEFORE} s …\n`)
  await shop.visit({ perSecond: PER_SECOND, seconds: SECONDS_BEFORE, seed: 1, enough: enough.signal })
  const after = shop.visit({ perSecond: PER_SECOND, seconds: SECONDS_AFTER, seed: 2, enough: enough.signal })
  const deployedAtMs = await shop.deployBadChange()
  process.stdout.write(`Deployed at ${new Date(deployedAtMs).toISOString()}; visits go on. In a moment, try:
  export HALLIGAN_SSH_CONFIG=${fleet.sshConfig} HALLIGAN_HOME=${folder}/home
  node bin/halligan.cjs logs web-1 --repo ${repository}
It ends with Ctrl-C.
`)
  await after
} finally {
  await fleet.down()
  rmSync(folder, { recursive: true, force: true })
}
