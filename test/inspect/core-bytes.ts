/** A core as the kernel writes it, made by hand: what elf(5) and include/uapi/linux/elfcore.h say, and nothing else. */
export interface CoreParts {
  readonly signal?: number
  readonly code?: number
  readonly address?: bigint
  readonly sender?: { readonly pid: number; readonly uid: number }
  readonly threads?: readonly { readonly tid: number; readonly instruction: bigint }[]
  readonly name?: string
  readonly commandLine?: string
  readonly files?: readonly {
    readonly start: bigint
    readonly end: bigint
    readonly pages: bigint
    readonly path: string
  }[]
  readonly programHeaders?: bigint
  /** What lies at the beginning of each file, as the core has it: 4096 bytes each. */
  readonly pages?: readonly { readonly address: bigint; readonly page: Uint8Array }[]
}

const PAGE = 4096

export function coreBytes(parts: CoreParts = {}): Buffer {
  const { pages = [] } = parts
  const notes = notesOf(parts)
  const headers = 1 + pages.length
  const notesAt = 64 + headers * 56
  const firstPage = Math.ceil((notesAt + notes.length) / PAGE) * PAGE
  const table = [
    segment(4, notesAt, notes.length, 0n),
    ...pages.map(({ address }, at) => segment(1, firstPage + at * PAGE, PAGE, address)),
  ]
  const head = Buffer.concat([header(4, 62, headers), ...table, notes])
  return Buffer.concat([
    head,
    ...(pages.length > 0 ? [Buffer.alloc(firstPage - head.length)] : []),
    ...pages.map(({ page }) => Buffer.concat([page, Buffer.alloc(PAGE)]).subarray(0, PAGE)),
  ])
}

/** The first page of a program with this build-id. */
export function programPage(buildId: string): Buffer {
  const notes = note('GNU', 3, Buffer.from(buildId, 'hex'))
  return Buffer.concat([header(3, 62, 1), segment(4, 64 + 56, notes.length, 0n), notes, Buffer.alloc(PAGE)]).subarray(
    0,
    PAGE,
  )
}

function header(type: number, machine: number, segments: number): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.write('\x7fELF\x02\x01\x01', 'latin1')
  bytes.writeUInt16LE(type, 16)
  bytes.writeUInt16LE(machine, 18)
  bytes.writeBigUInt64LE(64n, 32)
  bytes.writeUInt16LE(56, 54)
  bytes.writeUInt16LE(segments, 56)
  return bytes
}

function segment(type: number, offset: number, fileBytes: number, address: bigint): Buffer {
  const bytes = Buffer.alloc(56)
  bytes.writeUInt32LE(type, 0)
  bytes.writeBigUInt64LE(BigInt(offset), 8)
  bytes.writeBigUInt64LE(address, 16)
  bytes.writeBigUInt64LE(BigInt(fileBytes), 32)
  return bytes
}

function note(owner: string, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt32LE(owner.length + 1, 0)
  head.writeUInt32LE(data.length, 4)
  head.writeUInt32LE(type, 8)
  const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
  return Buffer.concat([head, pad(Buffer.from(`${owner}\0`)), pad(data)])
}

function notesOf({
  signal = 11,
  code = 1,
  address = 0n,
  sender,
  threads = [{ tid: 812, instruction: 0x401282n }],
  name = 'orders-api',
  commandLine = 'orders-api --port 8080',
  files = [],
  programHeaders = 0x400040n,
}: CoreParts): Buffer {
  const process = Buffer.alloc(136)
  process.writeUInt32LE(1_000, 16)
  process.writeInt32LE(812, 24)
  process.writeInt32LE(1, 28)
  process.write(name.slice(0, 15), 40)
  process.write(commandLine.slice(0, 79), 56)
  const information = Buffer.alloc(128)
  information.writeInt32LE(signal, 0)
  information.writeInt32LE(code, 8)
  if (sender) {
    information.writeInt32LE(sender.pid, 16)
    information.writeUInt32LE(sender.uid, 20)
  } else information.writeBigUInt64LE(address, 16)
  const auxiliary = Buffer.alloc(32)
  auxiliary.writeBigUInt64LE(3n, 0)
  auxiliary.writeBigUInt64LE(programHeaders, 8)
  const rows = files.map(({ start, end, pages }) => {
    const row = Buffer.alloc(24)
    row.writeBigUInt64LE(start, 0)
    row.writeBigUInt64LE(end, 8)
    row.writeBigUInt64LE(pages, 16)
    return row
  })
  const counts = Buffer.alloc(16)
  counts.writeBigUInt64LE(BigInt(files.length), 0)
  counts.writeBigUInt64LE(BigInt(PAGE), 8)
  const [first, ...others] = threads.map(({ tid, instruction }) => {
    const status = Buffer.alloc(336)
    status.writeInt16LE(signal, 12)
    status.writeInt32LE(tid, 32)
    status.writeBigUInt64LE(instruction, 112 + 16 * 8)
    return note('CORE', 1, status)
  })
  return Buffer.concat([
    first ?? Buffer.alloc(0),
    note('CORE', 3, process),
    note('CORE', 0x53494749, information),
    note('CORE', 6, auxiliary),
    note('CORE', 0x46494c45, Buffer.concat([counts, ...rows, ...files.map(({ path }) => Buffer.from(`${path}\0`))])),
    ...others,
  ])
}
