import { describe, expect, it } from 'vitest'
import { fieldOf, hasFields } from './fields-of.ts'

const event = {
  message: 'GET /orders/{id} 500',
  severity: 'error' as const,
  program: 'nginx',
  pid: 812,
  fields: { customer: 'acme', status: 'own' },
  access: { method: 'GET', target: '/orders/12?x=1', status: 500, upstream: '10.0.0.7:80', client: '10.9.9.9' },
}

describe('fields of a record', () => {
  it.each([
    ['customer', 'acme'],
    ['status', 'own'],
    ['method', 'GET'],
    ['path', '/orders/12'],
    ['upstream', '10.0.0.7:80'],
    ['level', 'error'],
    ['pid', '812'],
    ['thread', undefined],
    ['toString', undefined],
    ['__proto__', undefined],
  ])('%s is %s', (name, value) => {
    expect(fieldOf(event, name)).toBe(value)
  })
  it('must all have their values', () => {
    expect(hasFields(event, [{ name: 'customer', value: 'acme' }])).toBe(true)
    expect(
      hasFields(event, [
        { name: 'customer', value: 'acme' },
        { name: 'method', value: 'POST' },
      ]),
    ).toBe(false)
    expect(hasFields(event, [])).toBe(true)
  })
  it('are none of a record that could not be read', () => {
    expect(hasFields(undefined, [{ name: 'customer', value: 'acme' }])).toBe(false)
    expect(hasFields(undefined, [])).toBe(true)
  })
})
