import { describe, expect, it } from 'vitest'
import { logSubjects } from './subject.ts'

describe('whose logs are wanted', () => {
  it.each([
    ['812', { kind: 'pid', pid: 812 }],
    ['pid:812', { kind: 'pid', pid: 812 }],
    ['/var/log/nginx', { kind: 'path', path: '/var/log/nginx' }],
    ['logs/app.log', { kind: 'path', path: 'logs/app.log' }],
    ['*.log', { kind: 'path', path: '*.log' }],
    ['nginx.service', { kind: 'unit', unit: 'nginx.service' }],
    ['unit:nginx', { kind: 'unit', unit: 'nginx.service' }],
    ['container:web', { kind: 'container', name: 'web' }],
    ['process:orders-api', { kind: 'process', name: 'orders-api' }],
    ['kernel', { kind: 'kernel' }],
    ['journal', { kind: 'journal' }],
    ['nginx', { kind: 'word', word: 'nginx' }],
    ['constructor', { kind: 'word', word: 'constructor' }],
  ])('%s', (word, subject) => {
    expect(logSubjects([word])).toEqual([subject])
  })

  it('a service stands for what it names', () => {
    const orders = { units: ['orders-api'], processes: ['gunicorn'], logs: ['/srv/orders/*.log', 'container:orders'] }
    expect(logSubjects(['orders', 'kernel'], { orders })).toEqual([
      { kind: 'path', path: '/srv/orders/*.log' },
      { kind: 'container', name: 'orders' },
      { kind: 'unit', unit: 'orders-api.service' },
      { kind: 'process', name: 'gunicorn' },
      { kind: 'kernel' },
    ])
    expect(logSubjects(['orders'], { orders: {} })).toEqual([{ kind: 'word', word: 'orders' }])
  })
})
