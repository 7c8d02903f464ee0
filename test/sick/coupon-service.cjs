// A shop whose totals are negative now and then: `node coupon-service.cjs SECONDS [EVENT FILE]`. It prices an order each 5 ms; one customer in eight uses the same coupon twice.
// Once FILE is there it does EVENT: exit, exec, fork, throw (what nothing catches), reject (a promise that nobody awaits). Each 50 ms it writes into the file COUNTED (if that is set) how many orders there were, and how many symbols
// there are on its global object that were not there when it began. ROUNDS is how often it passes its hot statement for an order. It ends after SECONDS.
const fs = require('node:fs')

const COUPONS = { WELCOME: 5, SUMMER: 20 }

function price(order, coupons) {
  let total = order.quantity * order.unitPrice
  for (const code of order.codes) {
    const discount = coupons[code]
    total -= discount
  }
  return total
}

function checksum(order) {
  let sum = 0
  for (const letter of order.customer.name) sum = (sum * 31 + letter.charCodeAt(0)) % 65521
  return sum
}

const symbols = Object.getOwnPropertySymbols(globalThis).length
const [seconds = '60', event = '', file = ''] = process.argv.slice(2)
const counted = process.env.COUNTED
const rounds = Number(process.env.ROUNDS || 20_000)
let orders = 0

function serve($ = 8) {
  orders += 1
  const isTwice = orders % $ === 0
  const customer = { id: orders, name: isTwice ? 'bob' : 'ann', password: 'hunter2' }
  const order = { quantity: 1, unitPrice: 30, codes: isTwice ? ['SUMMER', 'SUMMER'] : ['WELCOME'], customer }
  price(order, COUPONS)
  // The hot statement is in what it calls.
  let sum = 0
  for (let round = 0; round < rounds; round += 1) {
    sum += checksum(order)
  }
  return sum
}

function checkout(order) {
  if (!(order.code in COUPONS)) throw new RangeError('no such coupon: ' + order.code)
}

async function checkoutLater(order) {
  await Promise.resolve()
  checkout(order)
}

function act() {
  const order = { id: orders, code: 'WINTER', customer: { name: 'bob', password: 'hunter2' } }
  if (event === 'throw') checkout(order)
  if (event === 'reject') void checkoutLater(order)
  if (event === 'exit') process.exit(0)
  if (event === 'exec') process.execve(process.execPath, [process.execPath, __filename, seconds], process.env)
  if (event === 'fork') require('node:child_process').spawn('sleep', ['2'], { stdio: 'ignore' })
}

setInterval(serve, 5)
if (counted)
  setInterval(() => {
    const more = Object.getOwnPropertySymbols(globalThis).length - symbols
    fs.writeFileSync(counted + '.new', orders + ' ' + more + '\n')
    fs.renameSync(counted + '.new', counted)
  }, 50)
if (file) {
  const watching = setInterval(() => {
    if (!fs.existsSync(file)) return
    clearInterval(watching)
    act()
  }, 50)
}
setTimeout(() => process.exit(0), Number(seconds) * 1000)
