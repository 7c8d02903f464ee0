import { constants, createGunzip, createZstdDecompress } from 'node:zlib'

export interface Unpacker {
  push(chunk: Uint8Array): Promise<void>
  /** All that came has been handed on. False: it could not be read to its end. */
  finish(): Promise<boolean>
}

/** Hands on what comes, unpacked as it was packed for the way (`data CODEC`); no faster than it is taken. */
export function unpacker(codec: string, take: (bytes: Uint8Array) => Promise<void>): Unpacker {
  if (codec !== 'zstd' && codec !== 'gzip') return { push: take, finish: () => Promise.resolve(true) }
  const stream =
    codec === 'zstd'
      ? createZstdDecompress({ finishFlush: constants.ZSTD_e_flush })
      : createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  let broken = false
  const done = (async () => {
    for await (const chunk of stream) {
      const bytes: Uint8Array = chunk
      await take(bytes)
    }
  })().catch(() => {
    broken = true
  })
  return {
    push: async (chunk) => {
      if (broken || stream.destroyed || stream.write(chunk)) return
      // Whatever comes first: room again, or its end.
      const room = new Promise<void>((resolve) => {
        stream.once('drain', resolve)
      })
      await Promise.race([room, done])
    },
    finish: async () => {
      stream.end()
      await done
      return !broken
    },
  }
}
