import { closeSync, openSync, readSync } from 'node:fs'

/**
 * Random bytes fit for keys. From the kernel (random(4)), as `node:crypto` has them too, which takes seven milliseconds to load: a tenth of a short
 * command. Where there is no such device, from there.
 */
export function randomBytes(length: number): Buffer {
  return fromKernel(length) ?? process.getBuiltinModule('node:crypto').randomBytes(length)
}

/** Two hex digits a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** Undefined where the device is missing, or gives less than was asked for. */
function fromKernel(length: number): Buffer | undefined {
  let device: number
  try {
    device = openSync('/dev/urandom', 'r')
  } catch {
    return undefined
  }
  try {
    const bytes = Buffer.alloc(length)
    return readSync(device, bytes, 0, length, null) === length ? bytes : undefined
  } catch {
    return undefined
  } finally {
    closeSync(device)
  }
}
