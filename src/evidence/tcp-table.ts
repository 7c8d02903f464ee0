/** How /proc/net/tcp and tcp6 write states and addresses (proc_pid_net(5), include/net/tcp_states.h). */
const STATES: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
  '0C': 'NEW_SYN_RECV',
}

/** `08` is CLOSE_WAIT; undefined for what is no state. */
export function tcpState(hex: string): string | undefined {
  return STATES[hex.toUpperCase()]
}

/**
 * `0100007F` is 127.0.0.1, 32 digits are an IPv6 address; a v4 address mapped into v6 is shown as v4. Each word of 32 bits is
 * written in the byte order of the machine: little-endian is taken for granted (x86, ARM, RISC-V, POWER LE).
 */
export function tcpAddress(hex: string): string | undefined {
  if (!/^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32})$/.test(hex)) return undefined
  const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([word]) =>
    [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  if (mapped) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  )
  return shortened(groups)
}

/** `10.0.0.7:5432`, `[2001:db8::1]:443`: address and port, from `hex:hex`. */
export function tcpEndpoint(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, hex = '', portHex = ''] = /^([0-9A-Fa-f]+):([0-9A-Fa-f]{1,4})$/.exec(text) ?? []
  const address = tcpAddress(hex)
  return address === undefined ? undefined : { address, port: Number.parseInt(portHex, 16) }
}

export function endpointWords({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** RFC 5952, 4.2: the longest run of zero groups, of two or more, becomes `::`. */
function shortened(groups: readonly string[]): string {
  let best = { start: 0, length: 1 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === '0') length += 1
    if (length > best.length) best = { start, length }
  }
  if (best.length < 2) return groups.join(':')
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`
}
