import { Agent, request } from 'node:http'

/** One request of a customer of the shop, and what came of it. */
export interface Visit {
  readonly atMs: number
  readonly customer: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** With `:id` for numbers: `/api/orders/:id/invoice`. */
  readonly route: string
  /** 0: no answer came. */
  readonly status: number
}

export interface Load {
  /** Host and port of the shop: `10.231.1.1:80`. */
  readonly shop: string
  readonly perSecond: number
  /** At most. */
  readonly seconds: number
  /** The same number, the same visits. */
  readonly seed: number
  /** No more visits from then on. */
  readonly enough?: AbortSignal
}

/** Requests that are open at once; more wait. */
const OPEN_AT_ONCE = 32
/** Far above what any request takes. Milliseconds. */
const PATIENCE_MS = 10_000
/** A tenth of the visits are theirs. */
export const ACME = 'acme'
const OTHERS = Array.from({ length: 39 }, (_, at) => `customer-${at + 1}`)
const WORDS = ['lamp', 'green chair', 'a table for eight', 'rug']

/** Lets customers visit the shop at a steady rate: each kind of request, most of all customers. */
export async function visitShop({ shop, perSecond, seconds, seed, enough }: Load): Promise<readonly Visit[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: OPEN_AT_ONCE })
  const random = randomFrom(seed)
  const began = performance.now()
  const visits: Promise<Visit>[] = []
  try {
    for (let at = 0; at < perSecond * seconds; at++) {
      if (enough?.aborted) break
      const early = (at * 1000) / perSecond - (performance.now() - began)
      if (early > 1) await new Promise((resolve) => setTimeout(resolve, early))
      visits.push(visit(shop, agent, random))
    }
    return await Promise.all(visits)
  } finally {
    agent.destroy()
  }
}

function visit(shop: string, agent: Agent, random: (below: number) => number): Promise<Visit> {
  const customer = random(10) === 0 ? ACME : (OTHERS[random(OTHERS.length)] ?? ACME)
  const { method = 'GET', path, route = path.replaceAll(/\/\d+/g, '/:id').replace(/\?.*/, ''), body } = wish(random)
  const atMs = Date.now()
  return new Promise((resolve) => {
    const [host, port] = shop.split(':')
    const end = (status: number): void => resolve({ atMs, customer, method, path, route, status })
    const sent = request({ agent, host, port, method, path, timeout: PATIENCE_MS, headers: { 'X-Customer': customer } })
    sent.on('response', (answer) => answer.resume().on('end', () => end(answer.statusCode ?? 0)))
    sent.on('timeout', () => sent.destroy())
    sent.on('close', () => end(0))
    sent.on('error', () => end(0))
    sent.end(body)
  })
}

interface Wish {
  readonly method?: 'POST'
  readonly path: string
  readonly route?: string
  readonly body?: string
}

function wish(random: (below: number) => number): Wish {
  const dice = random(100)
  const id = 1 + random(400_000)
  if (dice < 25) return { path: `/api/orders/${id}` }
  if (dice < 45) return { path: `/api/orders/${id}/invoice` }
  if (dice < 57) return { method: 'POST', path: '/api/orders', body: JSON.stringify(items(random)) }
  if (dice < 82) return { path: `/api/products/${random(300)}` }
  if (dice < 92) return { path: `/api/products?q=${encodeURIComponent(WORDS[random(WORDS.length)] ?? '')}` }
  if (dice < 99) return { method: 'POST', path: `/api/carts/${id}/items` }
  return { path: `/api/wishes/${id}` }
}

function items(random: (below: number) => number): readonly object[] {
  return Array.from({ length: 1 + random(4) }, () => ({ product: random(300), price: 5 + random(90), quantity: 1 }))
}

/** Whole numbers below a limit (a linear congruential generator; Numerical Recipes, ranqd1). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
