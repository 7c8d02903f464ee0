// The catalogue and the carts of the shop over HTTP: node catalog/server.mjs PORT LOGFILE
import { createServer } from 'node:http'
import { logTo } from './log.mjs'
import { addToCart, product, search } from './products.mjs'

const [port, file] = process.argv.slice(2)
const log = logTo(file, 'catalog')

const server = createServer((request, response) => {
  const began = performance.now()
  const customer = request.headers['x-customer'] ?? '-'
  request.resume().on('end', async () => {
    const { status, content } = await serve(request, customer)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
    const responseTime = Math.round(performance.now() - began)
    log.info({ method: request.method, url: request.url, status, customer, responseTime }, 'request completed')
  })
})

async function serve({ method, url }, customer) {
  const { pathname, searchParams } = new URL(url, 'http://catalog')
  const one = /^\/api\/products\/(\d+)$/.exec(pathname)
  const cart = /^\/api\/carts\/(\d+)\/items$/.exec(pathname)
  if (method === 'GET' && one) return product(Number(one[1]), log)
  if (method === 'GET' && pathname === '/api/products') return search(searchParams.get('q'), log)
  if (method === 'POST' && cart) return addToCart(Number(cart[1]), customer, log)
  log.warn({ method, url }, 'no such route')
  return { status: 404, content: { error: 'not found' } }
}

server.listen(Number(port), '127.0.0.1', () => log.info({ port: Number(port) }, 'catalog is listening'))
process.on('SIGTERM', () => server.close())
