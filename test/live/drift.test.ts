import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { makeShop, NEWLINE_NAME, type Shop } from '../hotfix/shop.ts'
import { programWith, type Finished, type Program } from './program.ts'

const why = missing('root', 'fleet', 'git')
const BY = 'amy@laptop'

interface Told {
  readonly schema: string
  readonly boxes: readonly {
    readonly box: string
    readonly drift: boolean | null
    readonly failure?: { readonly message: string }
    readonly expected?: { readonly commit: string; readonly how: string; readonly from: string }
    readonly files: readonly {
      readonly path: string
      readonly what: string
      readonly diff?: string
      readonly noDiff?: string
    }[]
    readonly same: number
    readonly ofCommit: number
    readonly skipped: readonly string[]
    readonly processes: readonly {
      readonly name: string
      readonly stale: boolean
      readonly older: readonly { readonly path: string }[]
    }[]
    readonly settings: readonly { readonly file: string }[]
    readonly blind: readonly { readonly what: string }[]
  }[]
  readonly oddOneOut: readonly { readonly box: string; readonly why: string }[]
}

describe.skipIf(why !== undefined)(`halligan hotfix over a real sshd${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-drift-'))
  const home = path.join(folder, 'home')
  let fleet: Fleet
  let program: Program
  let shop: Shop

  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1', 'web-2', 'web-3'] })
    shop = makeShop(path.join(folder, 'shop'))
    mkdirSync(path.join(folder, 'elsewhere'))
    program = programWith(fleet, home, path.join(folder, 'elsewhere'))
    await program.run('open', 'the cart is wrong')
  })
  beforeEach(async () => {
    await shop.deploy(fleet, 'web-1', shop.commits[1])
    await fleet.run('web-1', `printf '%s\\n' ${shop.commits[1]} >/srv/shop/REVISION`)
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await fleet.down()
  })

  const drift = (...args: readonly string[]): Promise<Finished> =>
    program.run('hotfix', 'drift', ...args, '--path', '/srv/shop', '--repo', shop.folder)
  const told = async (...args: readonly string[]): Promise<Told> =>
    JSON.parse((await drift(...args, '--json')).stdout) as Told
  const adopt = (...args: readonly string[]): Promise<Finished> =>
    program.run('hotfix', 'adopt', 'web-1', ...args, '--path', '/srv/shop', '--repo', shop.folder)

  it('finds nothing where nothing was changed', async () => {
    const done = await drift('web-1', '--fail-on', 'drift')
    expect(done.code).toBe(0)
    expect(done.stdout).toMatch(/web-1:\/srv\/shop {2}no drift\n/)
    expect(done.stdout).toContain('known from the file REVISION (sure: it is written there), 9 of its 9 files')
    expect(done.stderr).toMatch(/recorded in \S+ as #\d+/)
  })

  it('shows what was changed by hand, whatever it is called, without secrets, and writes it down', async () => {
    await fleet.run(
      'web-1',
      `cd /srv/shop && sed -i 's/items.length/items.length || 0/' lib/cart.js && sed -i s/first4secret/second4secret/ shop.ini
      printf 'two\\n' >'lib/two
lines.js'; printf 'hand\\n' >'by
hand.js'; rm start; chmod 755 server.js; printf 'x\\001' >>logo.png; ln -sf server.js cart
      mkdir -p node_modules/x tmp; echo y >node_modules/x/y; echo z >app.log; echo z >tmp/z`,
    )
    const done = await drift('web-1', '--fail-on', 'drift')
    expect(done.code).toBe(3)
    expect(done.stdout).toContain('-  return items.length\n    +  return items.length || 0\n')
    const screen = Buffer.from(done.stdout, 'latin1').toString('utf8')
    expect(screen).toMatch(/-password=‹secret:password:\w{4}›\n {4}\+password=‹secret:password:\w{4}›\n/u)
    expect(done.stdout).not.toMatch(/first4secret|second4secret/)
    const [box] = (await told('web-1')).boxes
    expect(box?.files.map(({ path: file, what }) => `${what} ${file}`)).toEqual([
      'untracked by\nhand.js',
      'changed cart',
      'changed lib/cart.js',
      `changed ${NEWLINE_NAME}`,
      'changed logo.png',
      'mode server.js',
      'changed shop.ini',
      'missing start',
    ])
    expect(box?.files.find(({ path: file }) => file === 'logo.png')?.noDiff).toBe('binary')
    expect(box?.files.find(({ path: file }) => file === NEWLINE_NAME)?.diff).toContain('-one\n+two\n')
    expect(box).toMatchObject({
      drift: true,
      expected: { commit: shop.commits[1], how: 'told' },
      skipped: ['node_modules'],
    })
    const seen = (await program.entries()).filter(({ did }) => did === 'drift-seen')
    const entry = seen.at(-1)
    expect(entry).toMatchObject({ box: 'web-1', identity: { hostname: 'web-1' }, payload: { commit: shop.commits[1] } })
    const [id] = entry?.did === 'drift-seen' ? (entry.payload?.evidence ?? []) : []
    expect(await program.evidence(id)).toContain('+  return items.length || 0')
    expect(await program.evidence(id)).not.toMatch(/first4secret|second4secret/)
    expect((await program.run('timeline')).stdout).toMatch(/drift: \/srv\/shop differs from \w{10} in 8 files/)
  })

  it('says which processes started before what they run was written, and what cron was told since', async () => {
    fleet.leave('web-1', 'cd /srv/shop && exec sleep 120')
    await fleet.run(
      'web-1',
      `sleep 3; cd /srv/shop; echo '// by hand' >>server.js; echo '* * * * * root /srv/shop/start' >/etc/cron.d/shop; mkdir -p /srv/shop2`,
    )
    fleet.leave('web-1', 'cd /srv/shop2 && exec sleep 121')
    const [box] = (await told('web-1')).boxes
    await fleet.run('web-1', 'pkill -x sleep; rm -r /etc/cron.d/shop /srv/shop2')
    expect(box?.processes).toEqual([
      expect.objectContaining({ name: 'sleep', stale: true, older: [expect.objectContaining({ path: 'server.js' })] }),
    ])
    expect(box?.settings.map(({ file }) => file)).toEqual(['/etc/cron.d/shop'])
  })

  it('finds the commit that fits best where nothing says which one it is, and names the box that is not as the others', async () => {
    await shop.deploy(fleet, 'web-1', shop.commits[0])
    await shop.deploy(fleet, 'web-2', shop.commits[1])
    await shop.deploy(fleet, 'web-3', shop.commits[1])
    await fleet.run('web-2', 'echo // >>/srv/shop/lib/cart.js')
    await fleet.run('web-3', 'echo // >>/srv/shop/lib/cart.js')
    const { boxes, oddOneOut } = await told('web-1', 'web-2', 'web-3')
    expect(boxes.map(({ expected }) => expected?.commit)).toEqual([shop.commits[0], shop.commits[1], shop.commits[1]])
    expect(boxes[0]?.expected).toMatchObject({
      how: 'best-match',
      from: 'the best match among the last 2 commits of all branches',
    })
    expect(boxes[1]).toMatchObject({ same: 8, ofCommit: 9 })
    expect(oddOneOut.map(({ box }) => box)).toEqual(['web-1'])
  })

  it('says what it could not see, and why it could not tell at all', async () => {
    await fleet.run('web-1', 'chmod 600 /srv/shop/shop.ini; chown root /srv/shop/shop.ini')
    const [box] = (await told('bob@web-1')).boxes
    expect(box?.files.map(({ path: file, what }) => `${what} ${file}`)).toEqual(['unread shop.ini'])
    expect(box?.blind.map(({ what }) => what)).toContain('1 files of the folder')
    const nowhere = await program.run('hotfix', 'drift', 'web-1', '--path', '/srv/nothing', '--repo', shop.folder)
    expect(nowhere).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('There is no folder /srv/nothing on web-1.'),
    })
    const noRepository = await program.run('hotfix', 'drift', 'web-1', '--path', '/srv/shop')
    expect(noRepository).toMatchObject({ code: 1, stdout: expect.stringContaining('is no working tree of git') })
    const noCommit = await drift('web-1', '--commit', 'v9')
    expect(noCommit).toMatchObject({ code: 1, stdout: expect.stringContaining('has no commit v9') })
  })

  it('brings changes home byte for byte, as a commit on the deployed one, and touches nothing else', async () => {
    await fleet.run(
      'web-1',
      `cd /srv/shop && printf 'x\\000\\377\\n\\n' >logo.png && chmod 755 server.js && rm start && printf 'hand\\r\\n' >'lib/two
lines.js' && ln -s logo.png new-link`,
    )
    const store = openSqliteStore(home)
    const id = (await store.list())[0]?.id ?? ''
    const debt = (what: string) =>
      store.append(id, {
        at: new Date().toISOString(),
        by: BY,
        did: 'changed',
        box: 'web-1',
        payload: { what, price: 'change', debt: true },
      })
    const [own, other] = [await debt('another logo.png'), await debt('a larger pool')]
    const beside = await debt('another /etc/logo.png')
    await store.close()
    const before = [
      shop.git('status', '--porcelain'),
      shop.git('rev-parse', 'HEAD'),
      readFileSync(path.join(shop.folder, '.git/index')).toString('hex'),
    ]
    const done = await adopt('logo.png', '/srv/shop/server.js', 'start', NEWLINE_NAME, 'new-link')
    expect(done).toMatchObject({ code: 0 })
    const branch = `hotfix/${id}`
    expect(done.stdout).toContain(`on branch ${branch}`)
    expect(done.stdout).toContain(`the hotfix #${own.seq} is linked to it`)
    for (const { seq } of [other, beside])
      expect(done.stdout).toContain(`is it the hotfix #${seq}? halligan link ${seq} `)
    expect(shop.git('rev-parse', `${branch}^`)).toBe(shop.commits[1])
    expect(
      shop
        .git('diff', '--raw', '--no-renames', '-z', `${branch}^`, branch)
        .split('\0')
        .filter((each) => !each.startsWith(':')),
    ).toEqual([NEWLINE_NAME, 'logo.png', 'new-link', 'server.js', 'start', ''])
    expect(shop.git('ls-tree', '-r', '--format=%(objectmode) %(path)', branch).split('\n')).toEqual(
      expect.arrayContaining(['120000 new-link', '100755 server.js']),
    )
    const onBox = await fleet.run('web-1', "cd /srv/shop && { cat logo.png 'lib/two\nlines.js'; } | base64 -w 0")
    expect(shop.bytes(branch, 'logo.png', NEWLINE_NAME).toString('base64')).toBe(onBox)
    const [author, message] = shop.git('log', '-1', '--format=%an <%ae>%x00%B', branch).split('\0')
    expect(author).toBe('amy <amy@laptop>')
    expect(message).toContain(`Incident: ${id}\nBox: web-1 (web-1, machine `)
    const after = [
      shop.git('status', '--porcelain'),
      shop.git('rev-parse', 'HEAD'),
      readFileSync(path.join(shop.folder, '.git/index')).toString('hex'),
    ]
    expect(after).toEqual(before)
    // Until it is merged, it is drift.
    expect((await drift('web-1', '--fail-on', 'drift')).code).toBe(3)
  })

  it('refuses what leads out, what is large unless that is meant, and what is no change', async () => {
    await fleet.run('web-1', 'cd /srv/shop && ln -s /etc/hostname out && ln -s /etc etc && truncate -s 51M large')
    const refs = shop.git('for-each-ref')
    for (const [file, says] of [
      ['../../etc/passwd', 'does not lie in /srv/shop'],
      ['out', 'is a symbolic link that leads out'],
      ['etc/passwd', 'lies behind a symbolic link'],
      ['large', 'is larger than 50 MiB'],
      ['server.js', 'there is nothing to bring home'],
    ] as const)
      expect(await adopt(file)).toMatchObject({ code: 1, stderr: expect.stringContaining(says) })
    expect(shop.git('for-each-ref')).toBe(refs)
  })

  it('calls nothing missing that it could not look for, and brings no deletion of it home', async () => {
    const refs = shop.git('for-each-ref')
    const unread = ['unread lib/cart.js', `unread ${NEWLINE_NAME}`]
    const seenBy = async (name: string): Promise<readonly string[]> => {
      const [box] = (await told(name)).boxes
      expect(box?.blind.map(({ what }) => what)).toContain('2 files of the commit')
      return box?.files.map(({ path: file, what }) => `${what} ${file}`) ?? []
    }
    const refusal = async (name: string): Promise<string> => {
      const args = ['--path', '/srv/shop', '--repo', shop.folder]
      const done = await program.run('hotfix', 'adopt', name, 'lib/cart.js', ...args)
      expect(done.code).toBe(1)
      return done.stderr
    }
    await fleet.run('web-1', 'cd /srv/shop && chown root lib && chmod 700 lib')
    expect(await seenBy('bob@web-1')).toEqual(unread)
    expect(await refusal('bob@web-1')).toContain('a folder on the way to it may not be read')
    await fleet.run('web-1', 'mount -t tmpfs none /srv/shop/lib')
    expect(await seenBy('web-1')).toEqual(unread)
    expect(await refusal('web-1')).toContain('a folder on the way to it is another file system')
    await fleet.run('web-1', 'cd /srv/shop && umount lib && rm -rf ../lib && mv lib ../lib && ln -s ../lib lib')
    expect(await seenBy('web-1')).toEqual(['untracked lib', ...unread])
    expect(await refusal('web-1')).toContain('it lies behind a symbolic link')
    expect((await adopt('lib')).stderr).toContain('would take the place of lib/ in the commit')
    await fleet.run('web-1', 'rm -r /srv/lib')
    expect(shop.git('for-each-ref')).toBe(refs)
  })

  it('does not move a branch that is checked out, or one that does not have the deployed commit', async () => {
    await fleet.run('web-1', 'cd /srv/shop && echo // >>server.js && echo y=1 >>shop.ini')
    const secret = await adopt('shop.ini', '--branch', 'hotfix/secret')
    expect(secret.stdout).toContain('100644  shop.ini   SOMETHING LIKE A SECRET is in it')
    expect(secret.stdout).not.toContain('first4secret')
    expect((await adopt('server.js', '--branch', 'main')).stderr).toContain('The branch main is checked out')
    shop.git('branch', 'old', shop.commits[0])
    expect((await adopt('server.js', '--branch', 'old')).stderr).toContain('does not have the deployed commit')
    expect((await adopt('server.js', '--branch', 'a..b')).stderr).toContain('can be no name of a branch')
  })
})
