// Brings what live tests need beyond Node: as root on Debian or Ubuntu by apt-get, after saying so; elsewhere it says what is
// missing, and the tests that need it are skipped and counted. HALLIGAN_TEST_SETUP=0 brings nothing. Runs on Node 20 and later.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'

/** Debian package → what it is for. Boxes have their own root file system, so their sshd, sudo and systemd need no package here. */
const PACKAGES = {
  'openssh-client': 'ssh to test boxes',
  iproute2: 'networks of test boxes',
  'util-linux': 'namespaces of test boxes',
  procps: 'looking at this machine',
  debootstrap: 'the root file system of test boxes',
  'debian-archive-keyring': 'the root file system of test boxes',
  'busybox-static': 'busybox boxes and busybox ash',
  'dropbear-bin': 'busybox boxes',
  dash: 'scripts on dash',
  mksh: 'scripts on mksh',
  'ksh93u+m': 'scripts on ksh93',
  shellcheck: 'shell text is checked',
  gcc: 'sick programs',
  'libc6-dev': 'sick programs',
  nftables: 'links that drop packets',
  zstd: 'compressed answers',
  strace: 'what is on the disk before it is acknowledged',
  git: 'statements that write a log line, and who changed them',
  ripgrep: 'statements that write a log line',
  'xz-utils': 'logs that were packed',
  bzip2: 'logs that were packed',
  jq: 'exports verified by hand',
  python3: 'exports verified by hand',
  tmux: 'screens as a person sees them',
  zsh: 'completion of zsh',
  fish: 'completion of fish',
  chromium: 'the page of a write-up in a browser',
  podman: 'containers as boxes',
  haproxy: 'a server taken out of a backend',
  runc: 'containers as boxes, where control groups are of both kinds',
}

const POLICY = '/usr/sbin/policy-rc.d'

if (process.env['HALLIGAN_TEST_SETUP'] !== '0') setUp()

function setUp() {
  if (!runs('dpkg-query')) {
    say('this is no Debian or Ubuntu: tests that need what is missing here are skipped and counted')
    return
  }
  const missing = missingPackages()
  if (missing.length === 0) return
  const list = missing.map((name) => `  ${name} (${PACKAGES[name]})`).join('\n')
  if (process.getuid?.() !== 0) {
    say(`these packages are missing, so some tests are skipped and counted (as root, npm test installs them):\n${list}`)
    return
  }
  say(`installing what tests need, by apt-get (HALLIGAN_TEST_SETUP=0 leaves it out):\n${list}`)
  install(missing)
  const still = missingPackages()
  if (still.length > 0) say(`could not be installed, so some tests are skipped and counted: ${still.join(', ')}`)
}

function missingPackages() {
  const { stdout } = spawnSync(
    'dpkg-query',
    ['-W', '-f', '${Package} ${db:Status-Status}\n', ...Object.keys(PACKAGES)],
    {
      encoding: 'utf8',
    },
  )
  const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')))
  return Object.keys(PACKAGES).filter((name) => !installed.has(`${name} installed`))
}

/** All at once; if that fails, one by one, so that a package that this release lacks does not cost the others. */
function install(packages) {
  const release = forbidServices()
  // A person's Ctrl-C ends apt-get; this process then still takes its policy away.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (process.exitCode ??= 1))
  try {
    if (!apt('update')) say('apt-get update failed; trying with the package lists that are here')
    if (apt('install', ...packages)) return
    for (const name of packages) apt('install', name)
  } finally {
    release()
  }
}

function apt(...words) {
  const options = ['-qq', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3']
  const { status } = spawnSync('apt-get', [...options, ...words], {
    // dpkg tells every package on standard output; what goes wrong is on standard error.
    stdio: ['ignore', 'ignore', 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
  })
  return status === 0
}

/** Packages must not start services here: invoke-rc.d(8) asks this file, and 101 means no. */
function forbidServices() {
  if (existsSync(POLICY)) return () => {}
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n')
  chmodSync(POLICY, 0o755)
  return () => rmSync(POLICY, { force: true })
}

function runs(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

function say(what) {
  process.stderr.write(`halligan test-setup: ${what}\n`)
}
