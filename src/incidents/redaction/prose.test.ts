import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactor } from './index.ts'

const redact = redactor({ key: Buffer.alloc(32, 7) })
const bare = (text: string): string => redact(text).replaceAll(/‹secret:[\w-]+:\w{4}›/g, '‹›')

describe('a password in a sentence', () => {
  it.each([
    ['db password is hunter2', 'db password is ‹›'],
    ['root password hunter6', 'root password ‹›'],
    ['the new password for app is "hunter7"', 'the new password for app is "‹›"'],
    ['the password for the app on db-1 is hunter7, tell bob', 'the password for the app on db-1 is ‹›, tell bob'],
    ['Passwort ist hunter5', 'Passwort ist ‹›'],
    ['das Passwort für root lautet hunter5.', 'das Passwort für root lautet ‹›.'],
    ['Passwort: hunter5', 'Passwort: ‹›'],
    ['kennwort=hunter5', 'kennwort=‹›'],
    ['pw is hunter2', 'pw is ‹›'],
    ['DB_PASSWORD is hunter2', 'DB_PASSWORD is ‹›'],
    ['set the root password to hunter22', 'set the root password to ‹›'],
    ['password was changed to Tr0ub4dor&3', 'password was changed to ‹›'],
    ['password of app: hunter2', 'password of app: ‹›'],
    ['the passphrase is “correct horse battery”', 'the passphrase is “‹›”'],
    ['password is p@ssword!', 'password is ‹›!'],
    ['old password is hunter2 and the new password is hunter3', 'old password is ‹› and the new password is ‹›'],
    ['password is 20031987', 'password is ‹›'],
    ['GET /x?next=%2Flogin%3FPASSWORD%3Dhunter2xyz%26a%3D1', 'GET /x?next=%2Flogin%3FPASSWORD%3D‹›%26a%3D1'],
    ['password%253Dhunter2xyz', 'password%253D‹›'],
    ['%7B%22password%22%3A%22hunter2%21xyz%22%7D', '%7B%22password%22%3A%22‹›%22%7D'],
  ])('%s', (text, expected) => expect(bare(text)).toBe(expected))
})

describe('what is no password', () => {
  it.each([
    'password is required',
    'password is wrong',
    'the password is expired, change it within 7 days',
    'password is incorrect for user 7',
    'password expires in 7 days',
    'password policy v2',
    'Failed password for user7 from 10.0.0.1 port 4711 ssh2',
    'Accepted password for amy from 10.0.0.1 port 4711 ssh2',
    'password is at least 8 characters long',
    'the password for web-1 is wrong',
    'password hash sha256',
    'password sha512 rounds',
    'passwd: password is 123456 characters',
    'password was changed 3d ago',
    'set the password to expire in 30 days',
    'password is "too short"',
    'password is not set for user amy2',
    'the password of db-1 and web-2 is the same',
    'password is /etc/shop/password2',
    'password is stored in vault.example.com',
    'passwd --stdin amy2',
    'password%3D%3Cpassword%3E',
    'pass: 12, fail: 0',
    'reset the password HADOOP-1234',
  ])('%s', (text) => expect(redact(text)).toBe(text))

  it('is a word without digits or signs behind the name, whatever the sentence', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/)
    const joint = fc.constantFrom(' ', ' is ', ' ist ', ' for app is ', ' to ', ' was changed to ')
    fc.assert(
      fc.property(word, joint, word, (before, between, after) => {
        const text = `${before} password${between}${after}`
        expect(redact(text)).toBe(text)
      }),
    )
  })
})

describe('a password with letters and digits', () => {
  it('does not stay behind "is", whatever stands around the sentence', () => {
    const secret = fc.stringMatching(/^[b-df-hj-np-tv-z]{3}[0-9][a-z0-9]{2,12}[!%&]?[qz]$/)
    const around = fc.array(fc.constantFrom('the', 'db', 'new', 'root', 'on', 'web-1', 'now', '7', '"x"', 'amy:', ','))
    const joint = fc.constantFrom(' is ', ' ist ', ' for app is ', ' is now ', ' was changed to ', ' is "')
    fc.assert(
      fc.property(around, joint, secret, around, (before, between, planted, after) => {
        const end = between.endsWith('"') ? '"' : ''
        const text = [...before, `password${between}${planted}${end}`, ...after].join(' ')
        expect(redact(text)).not.toContain(planted)
      }),
    )
  })
})
