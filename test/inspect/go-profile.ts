import { gzipSync } from 'node:zlib'

/** As runtime/pprof/proto.go writes it: a Mapping (field 3) for each executable range of /proc/PID/maps. */
export function profileOf(maps: readonly string[]): Buffer {
  const bytes = maps.flatMap((line, id) => {
    const [, low, high] = /^([0-9a-f]+)-([0-9a-f]+) r-xp .* [[/]/.exec(line) ?? []
    if (low === undefined) return []
    const mapping = [
      8,
      ...varint(BigInt(id + 1)),
      16,
      ...varint(BigInt(`0x${low}`)),
      24,
      ...varint(BigInt(`0x${high}`)),
      56,
      1,
    ]
    return [26, ...varint(BigInt(mapping.length)), ...mapping]
  })
  return gzipSync(Buffer.from([72, ...varint(1_700_000_000_000_000_000n), ...bytes]))
}

function varint(n: bigint): readonly number[] {
  return n < 128n ? [Number(n)] : [Number(n % 128n) + 128, ...varint(n / 128n)]
}
