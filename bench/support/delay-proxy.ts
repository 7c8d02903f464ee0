import { connect, createServer, type Socket } from 'node:net'

export interface DelayProxy {
  readonly port: number
  close(): void
}

/** Forwards a loopback port to `host:port`, each byte late by half a round trip in each direction (there is no netem in every kernel). */
export async function delayProxy(host: string, port: number, roundTripMs: number): Promise<DelayProxy> {
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host, port, noDelay: true })
    forward(near, far, roundTripMs / 2)
    forward(far, near, roundTripMs / 2)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, close: () => server.close() }
}

function forward(from: Socket, to: Socket, lateMs: number): void {
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), lateMs))
  from.on('end', () => setTimeout(() => to.end(), lateMs))
  from.on('error', () => to.destroy())
  from.on('close', () => setTimeout(() => to.destroy(), lateMs))
}
