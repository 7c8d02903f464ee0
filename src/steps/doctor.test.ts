import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localBox } from '../boxes/local.ts'
import { readAbilities } from '../evidence/abilities.ts'
import { boxAbilities, consoleAbilities, examineBox } from './doctor.ts'

describe('boxAbilities', () => {
  it('calls packages by name, whatever the box calls its system', () => {
    for (const os of ['constructor', '__proto__', 'toString'])
      expect(JSON.stringify(boxAbilities(readAbilities(`fact os ${os}`)))).not.toMatch(/function|\[object/)
  })

  it('names what an ordinary user cannot see and the package that would help', () => {
    const abilities = boxAbilities(
      readAbilities(
        'tool gzip /bin/gzip\nfact uid 1000\nfact os rocky\nfact dmesg-restricted 1\nfact ptrace-scope 1\n',
      ),
    )
    const by = (words: string): unknown => abilities.find(({ what }) => what.includes(words))
    expect(by('kernel log')).toMatchObject({ able: 'partly', helps: 'log in as root, or use --sudo' })
    expect(by('attach')).toMatchObject({ able: 'partly', said: 'kernel.yama.ptrace_scope is 1' })
    expect(by('backlog')).toMatchObject({ able: 'partly', helps: 'dnf install iproute' })
    expect(by('profile')).toMatchObject({ able: 'no', helps: 'dnf install perf' })
  })

  it('asks for nothing where root has it all', () => {
    const tools = ['zstd', 'ss', 'awk', 'lsof', 'gdb', 'strace', 'perf'].map((name) => `tool ${name} /usr/bin/${name}`)
    const abilities = boxAbilities(
      readAbilities([...tools, 'fact uid 0', 'fact pressure yes', 'fact systemd yes', 'fact os debian'].join('\n')),
    )
    expect(abilities.filter(({ able, helps }) => able !== 'yes' || helps !== '')).toEqual([])
  })

  it('survives any answer', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(boxAbilities(readAbilities(text)).length).toBeGreaterThan(5)
      }),
    )
  })
})

describe('consoleAbilities', () => {
  it('says which OpenSSH there is and what an old one cannot do', () => {
    const versions = { halligan: '0.1.0', node: '24.21.0' }
    expect(consoleAbilities('ssh OpenSSH_9.2p1 Debian\n/usr/bin/docker\n', versions)).toMatchObject([
      { able: 'yes' },
      { said: 'OpenSSH 9.2' },
      { able: 'yes' },
      { able: 'yes', said: '/usr/bin/docker' },
      { able: 'no' },
    ])
    expect(consoleAbilities('ssh OpenSSH_8.0p1\n', versions)[2]).toMatchObject({ able: 'no' })
    expect(consoleAbilities('ssh sh: 1: ssh: not found\n', versions)[1]).toMatchObject({
      able: 'no',
      helps: 'install openssh-client',
    })
  })
})

describe('examineBox', () => {
  it('examines this machine', async () => {
    const box = localBox()
    const examination = await examineBox(box)
    await box.close()
    expect(examination.failure).toBeUndefined()
    expect(examination.abilities.find(({ what }) => what === 'small answers')?.able).toBe('yes')
  })
})
