// The Chrome DevTools Protocol over the inspector's own WebSocket (RFC 6455), with nothing but what every Node since 10 has.
import crypto from 'node:crypto'
import http from 'node:http'

/** Text of one resource of the inspector: `/json/list`. */
export function fetched(where, path, limitMs) {
  return new Promise((resolve, reject) => {
    const request = http.get(
      { host: where.host, port: where.port, path, timeout: limitMs, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece) => {
          text += piece
          if (text.length > 65536) request.destroy()
        })
        response.on('end', () => resolve(text))
      },
    )
    request.on('timeout', () => request.destroy(new Error('it did not answer')))
    request.on('error', reject)
  })
}

/** A connection to one target of the inspector. `lost` is called once, when it has ended. */
export function connected(where, path, limitMs) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: where.host,
      port: where.port,
      path,
      agent: false,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': crypto.randomBytes(16).toString('base64'),
      },
    })
    const timer = setTimeout(() => request.destroy(new Error('it did not answer')), limitMs)
    request.on('upgrade', (response, socket, head) => {
      clearTimeout(timer)
      resolve(sessionOver(socket, head))
    })
    request.on('response', (response) => request.destroy(new Error('it refused with ' + response.statusCode)))
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end()
  })
}

/** Frames of a server are not masked, those of a client are; a mask of zeros is one. Messages come in one frame each from Node, or in several. */
function sessionOver(socket, head) {
  // Small frames in both directions would wait for each other's acknowledgement, 40 ms a time, while the program stands still.
  socket.setNoDelay(true)
  let waiting = head
  let pieces = []
  const session = openSession((text) => socket.write(frameOf(text)))
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk])
    for (;;) {
      const frame = firstFrame(waiting)
      if (frame === undefined) return
      waiting = waiting.slice(frame.end)
      if (frame.opcode === 8) return socket.destroy()
      if (frame.opcode > 2) continue
      pieces.push(frame.body)
      if (!frame.last) continue
      const message = Buffer.concat(pieces).toString('utf8')
      pieces = []
      session.receive(message)
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => session.end())
  session.close = () => socket.destroy()
  return session
}

function firstFrame(bytes) {
  if (bytes.length < 2) return undefined
  let size = bytes[1] & 127
  let at = 2
  if (size === 126) {
    if (bytes.length < 4) return undefined
    size = bytes.readUInt16BE(2)
    at = 4
  } else if (size === 127) {
    if (bytes.length < 10) return undefined
    size = bytes.readUInt32BE(2) * 4294967296 + bytes.readUInt32BE(6)
    at = 10
  }
  if (bytes.length < at + size) return undefined
  return { opcode: bytes[0] & 15, last: (bytes[0] & 128) !== 0, body: bytes.slice(at, at + size), end: at + size }
}

function frameOf(text) {
  const body = Buffer.from(text)
  const head =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : body.length < 65536
        ? Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255])
        : Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 0]), sizeOf(body.length)])
  return Buffer.concat([head, Buffer.alloc(4), body])
}

function sizeOf(length) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length, 0)
  return bytes
}

/**
 * Requests and events of one isolate. `ask` gives undefined when no answer comes within the time, so that one which hangs is told as such and never
 * waited for; an error of the protocol is undefined too.
 */
export function openSession(post) {
  let last = 0
  const answers = new Map()
  const listeners = new Map()
  const session = {
    ended: false,
    ask: (method, params, limitMs) =>
      new Promise((resolve) => {
        if (session.ended) return resolve(undefined)
        const id = (last += 1)
        const timer = setTimeout(() => settle(undefined), limitMs || 2000)
        const settle = (result) => {
          clearTimeout(timer)
          answers.delete(id)
          resolve(result)
        }
        answers.set(id, settle)
        post(JSON.stringify({ id, method, params: params || {} }))
      }),
    on: (method, listener) => listeners.set(method, listener),
    receive: (text) => {
      let message
      try {
        message = JSON.parse(text)
      } catch {
        return
      }
      const settle = answers.get(message.id)
      if (settle) settle(message.error ? undefined : message.result)
      const listener = listeners.get(message.method)
      if (listener) listener(message.params)
    },
    end: () => {
      session.ended = true
      for (const settle of Array.from(answers.values())) settle(undefined)
    },
    close: () => {},
  }
  return session
}
