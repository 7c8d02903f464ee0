import http from 'node:http'
import https from 'node:https'
import { urlToHttpOptions } from 'node:url'

/** What came of one try to tell somebody. */
export type Attempt =
  | { readonly ok: true }
  /** `again`: it may work in a moment; `afterMs`: it asked to wait so long. */
  | { readonly ok: false; readonly why: string; readonly again: boolean; readonly afterMs?: number | undefined }

/** Of an answer that refuses, so much is told to the person; the rest is not read. Bytes. */
const ANSWER_KEPT = 200
/** For that little the answer is waited no longer than this. Milliseconds. */
const ANSWER_WAIT_MS = 300

/**
 * Posts JSON once. Redirects are not followed (the body would go where nobody meant it to); HTTP_PROXY, HTTPS_PROXY and NO_PROXY count as with curl;
 * NODE_EXTRA_CA_CERTS names further authorities. Nothing of the address but its host is ever in the words. Never rejects.
 */
export function post(
  address: URL,
  json: string,
  signal: AbortSignal,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Attempt> {
  const { request, Agent } = address.protocol === 'https:' ? https : http
  return new Promise((resolve) => {
    const agent = new Agent({ proxyEnv: environment })
    const settle = (attempt: Attempt): void => {
      resolve(attempt)
      agent.destroy()
      posting.destroy()
    }
    const posting = request({
      ...urlToHttpOptions(address),
      agent,
      signal,
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(json),
        'user-agent': 'halligan',
      },
    })
    posting.on('error', (error) => settle(failedAttempt(error, signal)))
    posting.on('response', (response) => void attemptOf(response).then(settle))
    posting.end(json)
  })
}

async function attemptOf(response: http.IncomingMessage): Promise<Attempt> {
  const { statusCode: status = 0, headers } = response
  if (status >= 200 && status < 300) return { ok: true }
  if (status >= 300 && status < 400)
    return {
      ok: false,
      why: `it answers ${status}, which leads elsewhere: halligan.yaml needs the final address`,
      again: false,
    }
  const said = await beginningOf(response)
  const again = status === 429 || status >= 500
  const seconds = Number(headers['retry-after'] ?? NaN)
  return {
    ok: false,
    why: `it answers ${status}${said === '' ? '' : ` (${said})`}`,
    again,
    afterMs: again && seconds >= 0 ? seconds * 1000 : undefined,
  }
}

function beginningOf(response: http.IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let kept = Buffer.alloc(0)
    const done = (): void => {
      clearTimeout(timer)
      resolve(kept.subarray(0, ANSWER_KEPT).toString('utf8').replaceAll(/\s+/g, ' ').trim())
    }
    const timer = setTimeout(done, ANSWER_WAIT_MS)
    response.on('data', (piece: Buffer) => {
      kept = Buffer.concat([kept, piece.subarray(0, ANSWER_KEPT)])
      if (kept.length >= ANSWER_KEPT) done()
    })
    response.on('end', done)
    response.on('error', done)
  })
}

/** By the code alone: messages of Node may name what is secret. */
function failedAttempt(error: Error, signal: AbortSignal): Attempt {
  if (signal.aborted) return { ok: false, why: 'it does not answer', again: true }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const certificate = /CERT|SIGNED|SIGNATURE|CRL|ISSUER/.test(code)
  if (certificate)
    return {
      ok: false,
      why: `its certificate is not trusted (${code}; NODE_EXTRA_CA_CERTS=FILE adds an authority)`,
      again: false,
    }
  if (code.startsWith('HPE_')) return { ok: false, why: `what it answers is not HTTP (${code})`, again: false }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return { ok: false, why: `it does not speak TLS there (${code})`, again: false }
  return { ok: false, why: WORDS[code] ?? `it cannot be reached (${code})`, again: true }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be resolved now',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it cut the connection',
  EPIPE: 'it cut the connection',
  ETIMEDOUT: 'it cannot be reached',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'there is no network to it',
}
