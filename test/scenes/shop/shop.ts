import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import path from 'node:path'
import type { Fleet } from '../../boxes/fleet.ts'
import { visitShop, type Load, type Visit } from './load.ts'

/** A shop on one box: nginx in front of orders (Python) and catalog (Node), each with its logs, under /srv/shop and /var/log. */
export interface Shop {
  readonly box: string
  readonly visit: (load: Omit<Load, 'shop'>) => Promise<readonly Visit[]>
  /** Brings out the change that breaks the invoices of one customer: a commit, then the orders anew, while visits go on. Gives when, in milliseconds since the epoch. */
  readonly deployBadChange: () => Promise<number>
}

const here = import.meta.dirname
/** Of the first commit, before now. Milliseconds. */
const AGE_MS = 40 * 86_400_000

/**
 * Starts it, on a box of a fleet with the hook `test/boxes/with-shop.sh`.
 *
 * @param repository an empty folder, which becomes a git repository of the shop's code
 */
export async function openShop(fleet: Fleet, box: string, repository: string): Promise<Shop> {
  const shop = `${await fleet.address(box)}:80`
  const start = async (service: string): Promise<void> => {
    await fleet.run(box, `/srv/shop/deploy/start.sh ${service}`)
  }
  cpSync(path.join(here, 'code'), repository, { recursive: true })
  git(repository, 'init', '-q', '-b', 'main')
  commit(repository, 'The shop: orders, catalogue, nginx in front', Date.now() - AGE_MS)
  ship(repository, fleet, box)
  for (const service of ['orders', 'catalog', 'nginx']) await start(service)
  return {
    box,
    visit: (load) => visitShop({ ...load, shop }),
    deployBadChange: async () => {
      git(repository, 'apply', path.join(here, 'break-invoices.patch'))
      commit(repository, 'The country of a tax number is what stands before its hyphen', Date.now())
      ship(repository, fleet, box)
      const deployedAtMs = Date.now()
      await start('orders')
      return deployedAtMs
    },
  }
}

/** What is committed goes to the box over ssh. */
function ship(repository: string, fleet: Fleet, box: string): void {
  execFileSync('ssh', ['-F', fleet.sshConfig, box, 'mkdir -p /srv/shop && tar -x -C /srv/shop'], {
    input: execFileSync('git', ['archive', 'HEAD'], { cwd: repository }),
  })
}

function commit(repository: string, message: string, atMs: number): void {
  git(repository, 'add', '--all')
  const who = ['-c', 'user.name=Amy', '-c', 'user.email=amy@shop.example', '-c', 'commit.gpgsign=false']
  const date = new Date(atMs).toISOString()
  execFileSync('git', [...who, 'commit', '-q', '-m', message], {
    cwd: repository,
    env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  })
}

function git(repository: string, ...words: readonly string[]): void {
  execFileSync('git', words, { cwd: repository })
}
