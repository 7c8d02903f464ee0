import { evidenceId } from '../../src/incidents/entry.ts'
import type { Did, PayloadOf } from '../../src/incidents/payloads.ts'

/** Raw bytes that the examples rest on: text, and what is none. */
export const EXAMPLE_EVIDENCE: readonly Uint8Array[] = [
  Buffer.from('Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 61255492 61190300 65192 100% /\n'),
  Buffer.from([0, 159, 146, 150, 255, 254, 10, 13, 27]),
]
const [text = '', binary = ''] = EXAMPLE_EVIDENCE.map(evidenceId)

const found = {
  state: 'critical',
  findings: [
    {
      check: 'disk-full',
      state: 'critical',
      resource: 'disk',
      score: 90,
      title: '/ is 100 % full',
      why: 'Writes fail with ENOSPC; 65,192 KiB are left.',
      subject: { kind: 'filesystem', name: '/' },
      measured: [{ what: 'used', value: 99.9, limit: 95, unit: '%', source: 'df -kP' }],
      next: [{ command: 'halligan run web-1 -- du -x /', why: 'see what fills it', price: 'free' }],
      evidence: [text],
    },
  ],
  cleared: [{ check: 'cpu-saturated', why: 'the CPUs are 3 % busy' }],
  blind: [{ probe: 'kernel-log', why: 'dmesg: Operation not permitted' }],
} as const

/** One payload of each kind, as a version writes it: the fixtures of released versions are made of them. */
export const EXAMPLES: { readonly [D in Did]: PayloadOf<D> } = {
  opened: {
    command: 'halligan open',
    title: 'checkout returns 500s',
    boxes: ['web-1', 'db-1'],
    service: 'checkout',
    since: '2026-01-02T03:00:00.000Z',
  },
  noted: { text: 'Zeile mit Umlauten äöü, \u{1f525}, "quotes", \\ and \u0000 and a lone \ud800.' },
  looked: {
    command: 'halligan look web-1',
    tookMs: 1180,
    windowMs: 1002,
    ...found,
    evidence: [text],
    outside: [{ what: 'port 22', said: 'refused' }],
    warnings: ['the host key of web-1 was new'],
  },
  preserved: {
    ...found,
    pid: 812,
    kept: [
      { what: 'open files of 812 (orders-api)', evidence: binary },
      { what: 'stack of 812 (orders-api)', blind: 'needs root' },
    ],
  },
  'logs-read': {
    command: 'halligan logs web-1 nginx --compare 14:05',
    tookMs: 1320,
    boxes: ['web-1'],
    subjects: ['nginx'],
    logs: [{ box: 'web-1', log: '/var/log/nginx/error.log', format: 'nginx-error', records: 1204, bytes: 240_800 }],
    from: '2026-01-02T02:00:00.000Z',
    sought: ['--grep upstream'],
    onset: '2026-01-02T03:00:00.000Z',
    onsetFrom: 'asked',
    patterns: [
      {
        template: 'upstream <*> timed out',
        verdict: 'new',
        severity: 'error',
        before: 0,
        after: 312,
        sample: 'upstream 10.0.0.7:8080 timed out',
        source: 'src/proxy.c:88',
      },
    ],
    findings: found.findings,
    notices: ['/var/log/nginx/error.log.9.gz: no zcat on this box'],
  },
  ran: {
    line: 'df -kP',
    exit: 0,
    state: 'ended',
    printedBytes: 97,
    keptBytes: 97,
    shown: '/dev/sda1 100% /',
    evidence: [text],
  },
  shelled: {
    commands: [{ at: '2026-01-02T03:10:00.000Z', line: 'ls -la /var/log' }],
    exit: 0,
    columns: 80,
    rows: 24,
    cast: binary,
  },
  supposed: { hypothesis: 1, text: 'the disk is full of old logs' },
  'ruled-out': { hypothesis: 1, why: 'the logs are 3 % of it', by: [3, 5] },
  confirmed: { hypothesis: 2, why: 'deleted files are held open', by: [5] },
  relieved: { what: 'restarted orders-api', price: 'pause', undo: 'none is needed' },
  changed: {
    what: 'logrotate uses copytruncate',
    price: 'change',
    diff: '--- a\n+++ b\n-create\n+copytruncate\n',
    debt: true,
    undo: 'git revert',
    running: false,
  },
  undone: { of: 11, why: 'the repository has it now' },
  linked: { of: 11, commit: '4f1b2c3d', url: 'https://git.example/checkout/4f1b2c3d' },
  verified: { good: true, text: 'no 500 in ten minutes', of: 11 },
  'handed-over': { to: 'ann@db-1', text: 'the fix is not in the repository yet' },
  'took-over': { from: 'amy@web-1' },
  overrode: { what: 'close', reason: 'the hotfix is tracked elsewhere' },
  closed: { cause: 'deleted log files were held open' },
  'wrote-up': { file: '20260102-fire.md', head: '0'.repeat(64) },
  exported: { file: '20260102-fire.jsonl.zst', clean: false, head: '0'.repeat(64) },
  examined: {
    command: 'halligan doctor web-1',
    tookMs: 90,
    abilities: [
      { what: 'reach boxes over ssh', able: 'yes', said: 'OpenSSH 9.6' },
      {
        what: 'follow up by hand: profile',
        able: 'no',
        said: 'no perf on the box',
        helps: 'apt-get install linux-perf',
      },
    ],
  },
  stopped: { job: '1f0c9a3e', of: 5, state: 'told', wanted: 6 },
  purged: { seq: 6, why: 'a password was typed in it', of: 5, over: true },
  notified: { where: 'the team channel', ok: false, why: 'HTTP 503' },
}
