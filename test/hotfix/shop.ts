import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Fleet } from '../boxes/fleet.ts'

/** A git repository of a small shop with names that programs like to choke on, in two commits. */
export interface Shop {
  readonly folder: string
  /** Of the two commits, the older one first. */
  readonly commits: readonly [string, string]
  readonly git: (...args: readonly string[]) => string
  /** Files of a commit, one after another. */
  readonly bytes: (commit: string, ...names: readonly string[]) => Buffer
  /** Puts a commit onto a box as a deploy does, with the date of now. */
  readonly deploy: (fleet: Fleet, box: string, commit: string, folder?: string) => Promise<void>
}

export const NEWLINE_NAME = 'lib/two\nlines.js'
const BINARY = Uint8Array.from([0, 255, 10, 13, 10, 0, 128])

export function makeShop(folder: string): Shop {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const run = (args: readonly string[]): Buffer =>
    execFileSync('git', args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 })
  const git = (...args: readonly string[]): string => run(args).toString('utf8').trim()
  mkdirSync(path.join(folder, 'lib'), { recursive: true })
  const write = (name: string, text: string | Uint8Array): void => writeFileSync(path.join(folder, name), text)
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'Ann')
  git('config', 'user.email', 'ann@example.org')
  write('lib/cart.js', 'export function total(items) {\n  return items.length\n}\n')
  write(NEWLINE_NAME, 'one\n')
  write(`it's "odd" $(x).js`, 'odd\n')
  write('logo.png', BINARY)
  write('shop.ini', 'host=db\npassword=first4secret\n')
  write('.gitignore', '*.log\n/tmp/\n')
  write('start', '#!/bin/sh\nexec node server.js\n')
  chmodSync(path.join(folder, 'start'), 0o755)
  symlinkSync('lib/cart.js', path.join(folder, 'cart'))
  git('add', '-A')
  git('commit', '-qm', 'The shop')
  write('server.js', 'import "./lib/cart.js"\n')
  git('add', '-A')
  git('commit', '-qm', 'A server')
  const commits = [git('rev-parse', 'HEAD~1'), git('rev-parse', 'HEAD')] as const
  const deploy: Shop['deploy'] = async (fleet, box, commit, where = '/srv/shop') => {
    const archive = run(['archive', '--format=tar', commit]).toString('base64')
    await fleet.run(
      box,
      `rm -rf ${where} && mkdir -p ${where} && cd ${where} && printf %s ${archive} | base64 -d | tar -xmf -`,
    )
  }
  const bytes: Shop['bytes'] = (commit, ...names) =>
    Buffer.concat(names.map((name) => run(['cat-file', 'blob', `${commit}:${name}`])))
  return { folder, commits, git, bytes, deploy }
}
