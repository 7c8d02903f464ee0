import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { helpers } from '../collector.ts'
import { filesystems } from './filesystems.ts'

/** mksh counts with 32 bits. */
const SHELLS = ['dash', 'bash', 'busybox sh', 'mksh', 'ksh93'].filter(
  (shell) => spawnSync(shell.split(' ')[0] ?? '', ['-c', ':']).error === undefined,
)

/** Runs the script over a table of mounts that is not that of this machine. */
function asked(mounts: readonly string[], fstab: readonly string[] = [], tools = '', shell = 'sh'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-mounts-'))
  try {
    mkdirSync(path.join(folder, 'self'))
    writeFileSync(path.join(folder, 'self/mounts'), mounts.map((line) => `${line} 0 0\n`).join(''))
    const table = path.join(folder, 'fstab')
    writeFileSync(table, fstab.map((line) => `${line}\n`).join(''))
    const script = `${tools}\n${helpers}\n${filesystems.prepare}\n${filesystems.script}`.replaceAll('/etc/fstab', table)
    const [program = '', ...argv] = shell.split(' ')
    return execFileSync(program, [...argv, '-c', script], {
      cwd: folder,
      encoding: 'utf8',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const read = (options: string) =>
  filesystems.parse(
    { during: { atSeconds: 1, text: `mount /dev/loop0 /mnt ext4 ${options}\nsize 100 50 50 4096 10 5 /mnt` } },
    { beganAtMs: 0 },
  ).filesystems[0]

describe('filesystems', () => {
  it('asks no local file system over which one was mounted that may hang', () => {
    const text = asked([
      '/dev/sda1 / ext4 rw',
      '/dev/sdb1 /usr ext4 rw',
      'server:/usr /usr nfs4 rw',
      'tmp /tmp tmpfs rw',
    ])
    expect(text).toMatch(/^size .* \/$/m)
    expect(text).toMatch(/^size .* \/tmp$/m)
    expect(text).not.toMatch(/^size .* \/usr$/m)
    const { filesystems: seen, notAsked } = filesystems.parse({ during: { atSeconds: 1, text } }, { beganAtMs: 0 })
    expect(seen.map(({ mount }) => mount)).toEqual(['/', '/tmp'])
    expect(notAsked).toEqual(['/usr nfs4'])
  })

  describe('a walk over what is full', () => {
    const FULL = `
exec 3>&1
stat() { case $* in *size*) shift 3; for place; do echo "size 1000 10 10 4096 0 0 $place"; done;; esac; }
du() { [ "$1" != -0 ] || return 1; shift; for place; do printf '4\\t%s\\n' "WALKED $place" >&3; done; }
stat1='1 (init) S 0'`
    const walked = (mounts: readonly string[]): readonly string[] =>
      [...asked(mounts, [], FULL).matchAll(/WALKED (.*)$/gm)].map(([, place = '']) => place)

    it('begins where things pile up, and takes all of it', () => {
      const places = walked(['/dev/sda1 / ext4 rw', 'proc /proc proc rw'])
      expect(places).toContain('/var/log')
      expect(places).toContain('/var/lib')
      expect(places.at(-1)).toBe('/')
    })

    it.each(['server:/data /var/lib/data nfs4 rw', 'lxcfs /var/lib/lxcfs fuse.lxcfs rw', 'd /var/lib/d fuseblk rw'])(
      'enters no folder that has in it what may hang: du would ask for %s',
      (mount) => {
        const places = walked(['/dev/sda1 / ext4 rw', mount])
        expect(places).toContain('/var/log')
        expect(places).not.toContain('/var/lib')
        expect(places).not.toContain('/')
      },
    )

    it('is given up where it hangs, and costs no sizes', () => {
      const hangs = FULL.replace(
        /^du.*$/m,
        `du() { [ "$1" != -0 ] || return 1; trap '' TERM; printf '4096\\t/var/log/some.log\\n'; exec sleep 20 3>&-; }`,
      )
      const text = asked(['/dev/sda1 / ext4 rw'], [], hangs)
      expect(text).toMatch(/^size .* \/$/m)
      expect(text).toMatch(/^searched cut \/$/m)
      expect(text).toMatch(/^heavy 4096 1 \/var\/log$/m)
      expect(text).not.toMatch(/^big /m)
    })

    // Blocks in all, available and free, size of one, inodes in all and free.
    const SIZES: readonly (readonly [what: string, size: string, walked: boolean])[] = [
      ['10 TB with 12 GiB left', '2684354560 3145728 3145728 4096 1000 900', false],
      ['10 TB with 9 GiB left', '2684354560 2359296 2359296 4096 1000 900', true],
      ['a half-empty one of 900 GiB', '235929600 117964800 117964800 4096 1000 900', false],
      ['20 GiB with 1 GiB left', '5242880 262144 262144 4096 1000 900', true],
      ['one of blocks of 512 with 12 GiB left', '251658240 25165824 25165824 512 0 0', false],
      [
        'six thousand million inodes, half of them free',
        '235929600 117964800 117964800 4096 6000000000 3000000000',
        false,
      ],
      ['six thousand million inodes, nearly none free', '235929600 117964800 117964800 4096 6000000000 300', true],
    ]
    describe.each(SHELLS)('under %s', (shell) => {
      it.each(SIZES)('%s', (_, size, walks) => {
        const text = asked(['/dev/sda1 / ext4 rw'], [], FULL.replace('1000 10 10 4096 0 0', size), shell)
        expect(/^searched /m.test(text)).toBe(walks)
      })
    })

    describe('where a name has a newline in it', () => {
      const rows = (zero: boolean, ...paths: readonly (readonly [number, string])[]): string => {
        const text = paths.map(([size, name]) => `${size}\\t${name}${zero ? '\\000' : '\\n'}`).join('')
        const stub = zero
          ? `du() { [ "$1" = -0 ] || [ "$2" = -0 ] || return 1; [ "$1" = -0 ] || printf '${text}'; }`
          : `du() { [ "$1" != -0 ] || return 1; printf '${text}'; }`
        return asked(
          ['/dev/sda1 / ext4 rw'],
          [],
          FULL.replace(/^du.*$/m, () => stub),
        )
      }
      const forging = '/tmp/a\\n3000\\t'
      const files = [
        [3000, '/tmp/b'],
        [900, `${forging}/etc/x`],
        [900, `${forging}/etc`],
        [900, forging],
        [3900, '/tmp'],
        [3900, '/'],
      ] as const

      it('counts it where rows end with a zero byte, and writes no row by it', () => {
        const text = rows(true, ...files)
        expect(text).toMatch(/^searched whole \/$/m)
        expect(text).toMatch(/^heavy 3900 2 \/tmp$/m)
        expect(text).not.toMatch(/etc/)
      })

      it('names no folder where they end with a newline', () => {
        const text = rows(false, ...files)
        expect(text).toMatch(/^searched cut \/$/m)
        expect(text).not.toMatch(/^(?:heavy|crowd)/m)
      })

      it('takes a last row that was cut for no such name', () => {
        const text = rows(false, [3000, '/tmp/b'], [3000, ''])
        expect(text).toMatch(/^heavy 3000 1 \/tmp$/m)
      })

      it('reads what the du of this machine says', () => {
        const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'halligan-forged-')))
        try {
          mkdirSync(path.join(folder, `full/a\n9999\t${folder}/full/forged`), { recursive: true })
          writeFileSync(path.join(folder, `full/a\n9999\t${folder}/full/forged/x`), 'x'.repeat(100_000))
          writeFileSync(path.join(folder, 'full/b'), 'x'.repeat(200_000))
          const text = asked([`/dev/sda1 ${folder} ext4 rw`], [], FULL.replace(/^du.*$/m, ''))
          expect(text).toMatch(/^searched \w+ \//m)
          expect(text).not.toMatch(/forged(?:\/|$)/m)
          expect(text).not.toMatch(/^heavy (?:9999|\d{5})/m)
        } finally {
          rmSync(folder, { recursive: true })
        }
      })
    })

    it('says that it was not all of it', () => {
      const text = asked(['/dev/sda1 / ext4 rw', 'server:/data /var/lib/data nfs4 rw'], [], FULL)
      expect(text).toMatch(/^searched cut \/$/m)
      expect(asked(['/dev/sda1 / ext4 rw'], [], FULL)).toMatch(/^searched whole \/$/m)
    })
  })

  describe('the time of its own search', () => {
    const shareOf = (...lines: readonly string[]): number | undefined => {
      const size = 'size 1000 10 10 4096 0 0 /'
      const during = { atSeconds: 10, text: ['mount /dev/sda1 / ext4 rw', size, ...lines].join('\n') }
      return filesystems.parse({ during, last: { atSeconds: 11, text: size } }, { beganAtMs: 0 }).searchPercent
    }

    it('is told', () => {
      expect(shareOf('searched cut /', 'walked 10.02 10.34')).toBeCloseTo(32)
      expect(shareOf()).toBeUndefined()
      expect(
        asked(['/dev/sda1 / ext4 rw'], [], 'stat1="1 (init) S 0"\nstat() { echo "size 1000 10 10 4096 0 0 /"; }'),
      ).toMatch(/^walked \d+\.\d\d \d+\.\d\d$/m)
    })

    it('is the limit of each where an older answer does not tell', () => {
      expect(shareOf('searched cut /')).toBe(30)
      expect(shareOf('searched cut /', 'searched whole /srv')).toBe(60)
    })
  })

  it('asks for a mount point with a backslash, and a space with a digit behind it, under its own name', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-place-'))
    try {
      const place = path.join(folder, String.raw`back\up 2`)
      mkdirSync(place)
      const text = asked([String.raw`a ${folder}/back\134up\0402 ext4 rw`, '/dev/sda1 / ext4 rw'])
      expect(text).toContain(` ${place}\n`)
      expect(text.match(/^size /gm)).toHaveLength(2)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  const missingOf = (mounts: readonly string[], fstab: readonly string[]) =>
    filesystems.parse({ during: { atSeconds: 1, text: asked(mounts, fstab) } }, { beganAtMs: 0 }).missing

  it('names what fstab mounts at boot and is not mounted', () => {
    const missing = missingOf(
      ['/dev/sda1 / ext4 rw', 'filer:/pub /mnt/pub nfs4 rw', String.raw`/dev/sdc1 /mnt/a\040b xfs rw`],
      [
        '# a comment',
        '',
        '/dev/sda1 / ext4 errors=remount-ro 0 1',
        'UUID=77-88 none swap sw 0 0',
        'filer:/pub /mnt/pub/ nfs rw,_netdev 0 0',
        String.raw`/dev/sdc1 /mnt/a\040b xfs defaults 0 2`,
        '/dev/sr0 /media/cdrom udf,iso9660 user,noauto 0 0',
        '/dev/sdd1 /mnt/usb vfat nofail 0 0',
        'filer:/home /home nfs x-systemd.automount 0 0',
        String.raw`UUID=3e6b /srv/my\040data ext4 ro 0 2`,
        '/srv/a /srv/b none bind',
      ],
    )
    expect(missing).toEqual([
      { device: 'UUID=3e6b', mount: '/srv/my data', type: 'ext4' },
      { device: '/srv/a', mount: '/srv/b', type: 'none' },
    ])
  })

  it('names what may be missing (nofail) where somebody has written into its mount point', () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'halligan-place-')))
    try {
      for (const name of ['written/lost+found', 'empty/lost+found', 'hidden', 'auto', 'away/written', 'mounted'])
        mkdirSync(path.join(folder, name), { recursive: true })
      for (const name of ['written/pgdata', 'auto/x', 'away/written/x', 'mounted/x', 'hidden/.keep'])
        writeFileSync(path.join(folder, name), '')
      const of = (name: string, options: string): string => `/dev/sdb1 ${folder}/${name} ext4 ${options} 0 2`
      const missing = missingOf(
        ['/dev/sda1 / ext4 rw', `/dev/sdb1 ${folder}/mounted ext4 rw`, `filer:/x ${folder}/away nfs4 rw`],
        [
          of('written', 'defaults,nofail'),
          of('empty', 'nofail'),
          of('hidden', 'nofail'),
          of('gone', 'nofail'),
          of('auto', 'nofail,noauto'),
          of('auto', 'nofail,x-systemd.automount'),
          // Asking for it may hang.
          of('away/written', 'nofail'),
          of('mounted', 'nofail'),
        ],
      )
      expect(missing).toEqual([{ device: '/dev/sdb1', mount: `${folder}/written`, type: 'ext4', optional: true }])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('follows a symbolic link on the way to a mount point', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-place-'))
    try {
      mkdirSync(path.join(folder, 'real'))
      symlinkSync('real', path.join(folder, 'link'))
      const place = realpathSync(path.join(folder, 'real'))
      expect(missingOf([`/dev/sda1 ${place} ext4 rw`], [`/dev/sda1 ${folder}/link ext4 defaults`])).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('expects nothing of the fstab of another machine, and knows nothing where it did not read one', () => {
    const fstab = ['/dev/sda1 / ext4 defaults', '/dev/sdb1 /data ext4 defaults']
    expect(missingOf(['overlay / overlay rw'], fstab)).toEqual([])
    expect(missingOf(['/dev/sda1 / ext4 rw'], fstab)).toMatchObject([{ mount: '/data' }])
    const text = 'mount /dev/sda1 / ext4 rw\nsize 100 50 50 4096 10 5 /'
    expect(filesystems.parse({ during: { atSeconds: 1, text } }, { beganAtMs: 0 }).missing).toBeUndefined()
  })

  // Options of one ext4 on Linux 6.18 before and after an error, and those of the same on kernels before 6.12.
  it('sees that a file system can be written to', () => {
    expect(read('rw,relatime,errors=remount-ro')).toMatchObject({ readOnly: false, stoppedByError: false })
  })

  it('sees that an error has stopped a file system that still says rw', () => {
    expect(read('rw,relatime,abort,errors=remount-ro,emergency_ro')).toMatchObject({
      readOnly: true,
      stoppedByError: true,
    })
  })

  it('sees a read-only mount', () => {
    expect(read('ro,relatime,errors=remount-ro')).toMatchObject({ readOnly: true, stoppedByError: false })
  })
})
