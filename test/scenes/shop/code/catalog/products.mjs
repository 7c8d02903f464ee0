/** Of the catalogue; higher numbers are asked for by old bookmarks. */
const PRODUCTS = 290
let searches = 0

export async function product(id, log) {
  await wait(1 + (id % 4))
  if (id >= PRODUCTS) return { status: 404, content: { error: `there is no product ${id}` } }
  if (id % 23 === 0) log.warn({ product: id, left: id % 5 }, 'stock is low')
  return { status: 200, content: { id, name: `product ${id}`, price: 5 + (id % 90) } }
}

/** The index is rebuilt now and then, and does not answer meanwhile: then there are no suggestions. */
export async function search(words, log) {
  await wait(6 + (words?.length ?? 0))
  searches++
  try {
    if (searches % 40 === 7) throw new Error('index did not answer within 250 ms')
    return { status: 200, content: { found: [searches % PRODUCTS] } }
  } catch (error) {
    log.error({ query: words, err: { type: error.name, message: error.message, stack: error.stack } }, 'search failed')
    return { status: 200, content: { found: [] } }
  }
}

export async function addToCart(cart, customer, log) {
  await wait(2)
  log.info({ cart, customer }, 'item was added to the cart')
  return { status: 201, content: { cart } }
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
