import { describeCheck } from '../../../test/checks/examples.ts'
import { processOf, table } from '../../../test/checks/quiet-box.ts'
import { loginQueue } from './index.ts'

const listener = (waiting: number, end = ' startups') => ({
  'process-command': new Map([
    [700, `sshd: /usr/sbin/sshd -D [listener] ${waiting} of 100-1000${end}`],
    [812, 'orders-api --listen 0 of 1-1 s'],
  ]),
  'process-stat': table([processOf({ pid: 700, name: 'sshd' })]),
})

describeCheck(loginQueue, [
  {
    when: '101 of 100',
    seen: listener(101),
    then: { state: 'warning', title: /^sshd \(700\) turns logins away: 101 connections have/, subject: { pid: 700 } },
  },
  { when: '99 of 100', seen: listener(99), then: { state: 'ok', why: /99 connections .*; from 100 on/ } },
  { when: '610 of at most 1,000', seen: listener(610), then: { state: 'critical', title: /610 connections/ } },
  { when: '590 of them', seen: listener(590), then: { state: 'warning', title: /590/ } },
  { when: 'a title that was cut', seen: listener(101, ' st'), then: { state: 'warning', title: /101/ } },
  {
    when: 'an sshd that tells nothing: one before OpenSSH 8.2, or dropbear',
    seen: { 'process-command': new Map([[700, '/usr/sbin/sshd -D']]) },
    then: { state: 'ok', why: /no sshd tells/ },
  },
  {
    when: 'another program that says the same',
    seen: { 'process-command': new Map([[812, 'x [listener] 13 of 10-100 startups']]) },
    then: { state: 'ok', why: /no sshd tells/ },
  },
])
