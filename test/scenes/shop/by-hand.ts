import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startFleet } from '../../boxes/fleet.ts'
import { openShop } from './shop.ts'

// The shop by hand, as root: node test/scenes/shop/by-hand.ts. Half a minute of visits, the deploy that breaks something, half a minute more; then it
// says what to type, and stays until Ctrl-C.

const PER_SECOND = 80
const SECONDS = 30

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-shop-'))
const repository = path.join(folder, 'shop')
const fleet = await startFleet({
  boxes: ['web-1'],
  hook: path.resolve(import.meta.dirname, '../../boxes/with-node.sh'),
})
process.once('SIGINT', () => {
  rmSync(folder, { recursive: true, force: true })
  void fleet.down().then(() => process.exit(0))
})

const shop = await openShop(fleet, 'web-1', repository)
process.stdout.write(`${PER_SECOND} visits a second for ${SECONDS} s …\n`)
await shop.visit({ perSecond: PER_SECOND, seconds: SECONDS, seed: 1 })
const after = shop.visit({ perSecond: PER_SECOND, seconds: SECONDS, seed: 2 })
const deployedAtMs = await shop.deployBadChange()
process.stdout.write(`deployed at ${new Date(deployedAtMs).toISOString()}; ${SECONDS} s more …\n`)
await after
process.stdout.write(`Try:
  export HALLIGAN_SSH_CONFIG=${fleet.sshConfig} HALLIGAN_HOME=${folder}/home
  node bin/halligan.cjs logs web-1 --since -5m --repo ${repository}
It ends with Ctrl-C.
`)
setInterval(() => {}, 60_000)
