import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryBound } from './memory-bound.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

describe('memoryBound', () => {
  it.each([
    ['/usr/bin/java -Xms1g -Xmx4g -jar orders.jar', 4 * GIB, '-Xmx4g'],
    ['java -Xmx512m -Xmx2G -jar orders.jar', 2 * GIB, '-Xmx2G'],
    ['java -XX:MaxHeapSize=1073741824 Main', GIB, '-XX:MaxHeapSize=1073741824'],
    ['java -XX:MaxRAMPercentage=75.0 Main', 6 * GIB, '-XX:MaxRAMPercentage=75.0'],
    ['java -jar orders.jar', 2 * GIB, 'the default of a JVM'],
    ['/usr/bin/memcached -m 1024 -p 11211', GIB, '-m 1024'],
    ['memcached -m512', 512 * MIB, '-m512'],
    ['memcached --memory-limit=256', 256 * MIB, '--memory-limit=256'],
    ['memcached -p 11211', 64 * MIB, 'the default of memcached'],
    ['node --max-old-space-size=4096 server.js', 4 * GIB, '--max-old-space-size=4096'],
    ['redis-server --maxmemory 2gb', 2 * GIB, '--maxmemory 2gb'],
  ])('%s', (command, bytes, from) => {
    expect(memoryBound(command, 8 * GIB)).toEqual({ bytes, from })
  })

  it.each([
    undefined,
    '',
    '/opt/orders-api --listen -Xmx4g',
    'node server.js',
    'redis-server *:6379',
    'python3 java -Xmx4g',
    // The options may stand in the file, or behind what was kept.
    'java @orders.options',
    `java -cp ${'/opt/lib.jar:'.repeat(23)}`,
  ])('none is seen: %s', (command) => {
    expect(memoryBound(command, 8 * GIB)).toBeUndefined()
  })

  it('is a number of bytes, whatever the words are', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('-Xmx', '-m', '--maxmemory', '-Xmx0', '@', '-XX:MaxRAMPercentage=0'),
      fc.nat().map((size) => `-Xmx${size}g`),
      fc.nat().map(String),
    )
    fc.assert(
      fc.property(fc.constantFrom('java', 'memcached', 'node', 'redis-server'), fc.array(word), (program, words) => {
        const bound = memoryBound([program, ...words].join(' '), 8 * GIB)
        expect(bound === undefined || (Number.isFinite(bound.bytes) && bound.bytes > 0)).toBe(true)
      }),
    )
  })
})
