// oxlint-disable typescript/unbound-method -- they are called by `apply`, so that nothing of the program takes their place
// What runs within the program that is looked into while it passes a statement. It never stops it, calls nothing of it and changes nothing in it.

/**
 * Made in the program by `(…)(request, isProxy)`; by its text, so it knows nothing but what is in it. All that it calls was taken when it was made, from the language itself.
 * Getters, proxies, `toString` and `valueOf` are code of the program: they are told and not run.
 */
export function recorder(request, isProxy) {
  const { getOwnPropertyDescriptor, defineProperty, getPrototypeOf, keys } = Object
  const { apply } = Reflect
  const textOf = JSON.stringify
  const clock = process.hrtime
  const began = clock()
  const secret = new RegExp(request.secret, 'i')
  const mapSize = getOwnPropertyDescriptor(Map.prototype, 'size').get
  const setSize = getOwnPropertyDescriptor(Set.prototype, 'size').get
  const entriesOfMap = Map.prototype.entries
  const valuesOfSet = Set.prototype.values
  const nextOfMap = getPrototypeOf(new Map().entries()).next
  const nextOfSet = getPrototypeOf(new Set().values()).next
  const isoDate = Date.prototype.toISOString
  const isList = Array.isArray
  // V8 lists all fields of an object or none, and the program waits for it: from so many on they are listed once.
  const large = new WeakMap()
  const getLarge = WeakMap.prototype.get
  const setLarge = WeakMap.prototype.set
  const LARGE = 10000
  let listedUs = 0
  const kept = { hits: [], reached: 0, untold: 0, failed: 0, why: '', ownUs: 0, isHeavy: false }

  function sinceUs() {
    const [seconds, nanoseconds] = clock(began)
    return seconds * 1e6 + nanoseconds / 1e3
  }

  function isObject(value) {
    return (typeof value === 'object' && value !== null) || typeof value === 'function'
  }

  /** A property that has a value, of the object or of what it inherits from. */
  function get(object, key) {
    if (object === undefined || object === null) throw new Error('it is ' + object)
    if (typeof object === 'string' && (key === 'length' || typeof key === 'number')) return object[key]
    if (!isObject(object)) throw new Error('it has no fields')
    for (let from = object, depth = 0; from !== null && depth < 20; depth += 1) {
      if (isProxy(from)) throw new Error('a proxy, not asked')
      const found = getOwnPropertyDescriptor(from, key)
      if (found !== undefined) {
        if (!('value' in found)) throw new Error('a getter, not run')
        return found.value
      }
      from = getPrototypeOf(from)
    }
    return undefined
  }

  /** Of a map, by its key; else a property. */
  function at(object, key) {
    if (isObject(key)) throw new Error('the index is an object')
    if (
      typeof key !== 'symbol' &&
      isObject(object) &&
      !isProxy(object) &&
      object instanceof Map &&
      getPrototypeOf(object) === Map.prototype
    )
      return apply(Map.prototype.get, object, [key])
    return get(object, key)
  }

  function plain(value) {
    if (isObject(value) || typeof value === 'symbol') throw new Error('an object is not compared')
    return value
  }

  const same = (a, b) =>
    isObject(a) || isObject(b) || typeof a === 'symbol' || typeof b === 'symbol' ? a === b : a == b
  const less = (a, b) => plain(a) < plain(b)
  const atMost = (a, b) => plain(a) <= plain(b)
  const none = () => {
    throw new Error('no variable is called so')
  }

  function cut(text, length) {
    return text.length > length ? text.slice(0, length) + '…' : text
  }

  function className(object) {
    try {
      const name = get(get(object, 'constructor'), 'name')
      return typeof name === 'string' ? cut(name, 80) : ''
    } catch {
      return ''
    }
  }

  function print(value, depth) {
    switch (typeof value) {
      case 'string':
        return textOf(cut(value, request.maxText))
      case 'bigint':
        return cut(String(value), 80) + 'n'
      case 'symbol':
        return 'a symbol'
      case 'function':
        return printFunction(value)
      case 'object':
        return value === null ? 'null' : printObject(value, depth)
      case 'number':
      case 'boolean':
      case 'undefined':
        return value === 0 && 1 / value < 0 ? '-0' : String(value)
    }
  }

  function printFunction(value) {
    if (isProxy(value)) return '(a proxy, not asked)'
    const name = getOwnPropertyDescriptor(value, 'name')
    return 'function ' + (name && typeof name.value === 'string' ? cut(name.value, 80) : '')
  }

  function printObject(value, depth) {
    if (isProxy(value)) return '(a proxy, not asked)'
    const name = className(value)
    if (value instanceof Error) return printError(value, name)
    const special = printSpecial(value, name, depth)
    if (special !== undefined) return special
    if (isList(value))
      return printItems('[', ']', value.length, depth, (index) => print(field(value, index), depth + 1))
    if (ArrayBuffer.isView(value)) return name + ' of ' + value.byteLength + ' bytes'
    const head = name === 'Object' || name === '' ? '' : name + ' '
    const fields = fieldsOf(value)
    if (fields === undefined) return head + '{fields not listed}'
    const { count, first, since } = fields
    return head + printItems('{', '}', count, depth, (index) => printField(value, first[index], depth), since)
  }

  /** How many there are, and the names of the first; `keys` takes half as long as what would tell hidden ones too. Undefined where there is no time for it. */
  function fieldsOf(object) {
    const known = apply(getLarge, large, [object])
    if (known !== undefined) return known
    if (listedUs > request.listUs) return undefined
    const fromUs = sinceUs()
    const all = keys(object)
    listedUs += sinceUs() - fromUs
    const first = all.slice(0, request.maxItems)
    if (all.length > LARGE)
      apply(setLarge, large, [object, { count: all.length, first, since: ' when it was listed first' }])
    return { count: all.length, first, since: '' }
  }

  function printItems(open, close, count, depth, item, since) {
    if (count === 0) return open + close
    if (depth >= request.maxDepth) return open + count + (open === '[' ? ' items' : ' fields') + close
    const parts = []
    for (let index = 0; index < count && index < request.maxItems; index += 1) parts.push(item(index))
    if (count > parts.length) parts.push('… ' + (count - parts.length) + ' more' + (since || ''))
    return open + parts.join(', ') + close
  }

  function printField(object, key, depth) {
    const label = cut(key, 80) + ': '
    if (apply(RegExp.prototype.test, secret, [key])) return label + request.masked
    const found = getOwnPropertyDescriptor(object, key)
    if (found === undefined) return label + '?'
    return label + ('value' in found ? print(found.value, depth + 1) : '(a getter, not run)')
  }

  function field(object, key) {
    const found = getOwnPropertyDescriptor(object, key)
    return found === undefined ? undefined : found.value
  }

  function printError(value, name) {
    const message = getOwnPropertyDescriptor(value, 'message')
    return (
      (name || 'Error') +
      ': ' +
      (message && typeof message.value === 'string' ? cut(message.value, request.maxText) : '')
    )
  }

  /** Each of these functions refuses what is not of its kind. */
  function printSpecial(value, name, depth) {
    if (name === 'Date' || value instanceof Date)
      try {
        return apply(isoDate, value, [])
      } catch {
        return 'an invalid Date'
      }
    const tag = value instanceof Map ? mapSize : value instanceof Set ? setSize : undefined
    if (tag === undefined) return undefined
    try {
      const isMap = tag === mapSize
      const size = apply(tag, value, [])
      const items = []
      // A cache may have millions: no more is passed than is told, since the program waits for it.
      const all = apply(isMap ? entriesOfMap : valuesOfSet, value, [])
      while (items.length < request.maxItems) {
        const step = apply(isMap ? nextOfMap : nextOfSet, all, [])
        if (step.done) break
        items.push(step.value)
      }
      const item = (index) => {
        if (index >= items.length) return ''
        if (!isMap) return print(items[index], depth + 1)
        const [key, entry] = items[index]
        const isSecret = typeof key === 'string' && apply(RegExp.prototype.test, secret, [key])
        return print(key, depth + 1) + ' => ' + (isSecret ? request.masked : print(entry, depth + 1))
      }
      return name + '(' + size + ') ' + printItems('{', '}', size, depth, item)
    } catch {
      return undefined
    }
  }

  function typeOf(value) {
    if (value === null) return 'null'
    if (typeof value !== 'object' || isProxy(value)) return typeof value
    return className(value) || 'object'
  }

  /** Function, file and line of each caller. The program's own way of writing stacks is set aside for that moment: it would be run. */
  function frames(below) {
    const before = [
      getOwnPropertyDescriptor(Error, 'prepareStackTrace'),
      getOwnPropertyDescriptor(Error, 'stackTraceLimit'),
    ]
    if (before.some((each) => each !== undefined && (!('value' in each) || !each.writable || !each.configurable)))
      return []
    const holder = {}
    try {
      set('stackTraceLimit', request.maxFrames + 2)
      set('prepareStackTrace', (error, sites) => sites.map(siteOf))
      Error.captureStackTrace(holder, below)
      const found = holder.stack
      return isList(found) ? found.filter((each) => each !== undefined).slice(0, request.maxFrames) : []
    } finally {
      putBack('prepareStackTrace', before[0])
      putBack('stackTraceLimit', before[1])
    }
  }

  function set(name, value) {
    defineProperty(Error, name, { value, writable: true, enumerable: true, configurable: true })
  }

  function putBack(name, before) {
    if (before === undefined) delete Error[name]
    else defineProperty(Error, name, before)
  }

  function siteOf(site) {
    const file = site.getScriptNameOrSourceURL()
    // The condition itself is code without a file.
    if (site.isEval() && !file) return undefined
    return [cut(String(site.getFunctionName() || ''), 200), cut(String(file || ''), 1024), site.getLineNumber() || 0]
  }

  function valueOf(read, index) {
    const { name, declared } = request.names[index]
    // What every program has says nothing of this one, and may be a getter.
    if (!declared && getOwnPropertyDescriptor(globalThis, name) !== undefined) return []
    try {
      const value = read()
      if (name === 'this' && (value === undefined || value === globalThis)) return []
      // What a line names beside its variables: functions say nothing.
      if (!declared && typeof value === 'function') return []
      const text = apply(RegExp.prototype.test, secret, [name])
        ? request.masked
        : cut(print(value, 0), request.maxValue)
      return [{ name, value: text, type: typeOf(value) }]
    } catch (error) {
      return request.asked ? [{ name, value: '(' + failure(error) + ')', type: '' }] : []
    }
  }

  function failure(error) {
    if (error instanceof ReferenceError) return 'not there yet, or V8 did not keep it'
    return error instanceof Error ? cut(String(field(error, 'message')), 200) : 'it cannot be read'
  }

  /** Called at each pass of the statement; always says that there is no reason to stop. */
  function pass(condition, reads) {
    kept.reached += 1
    if (kept.hits.length >= request.hits) return false
    const fromUs = sinceUs()
    if (fromUs > request.forMs * 1000) return false
    if (kept.ownUs > request.firstUs + request.mostShare * fromUs) {
      kept.isHeavy = true
      return false
    }
    const untold = untoldAt(condition)
    if (untold === undefined) return false
    if (untold !== '') {
      kept.untold += 1
      kept.why = untold
      // One of them shows why; more would take the place of those at which it is true.
      if (kept.untold > 1) return false
    }
    try {
      const values = []
      listedUs = 0
      for (let index = 0; index < reads.length && values.length < request.maxLocals; index += 1)
        values.push.apply(values, valueOf(reads[index], index))
      kept.hits.push({ atMs: fromUs / 1000, values, frames: frames(pass), condition: untold || undefined })
      kept.ownUs += sinceUs() - fromUs
    } catch (error) {
      kept.failed += 1
      kept.why = failure(error)
    }
    return false
  }

  /** Undefined where the condition is false; why it could not be told, which is a hit too; empty where it is true. */
  function untoldAt(condition) {
    try {
      return condition === undefined || condition() ? '' : undefined
    } catch (error) {
      return failure(error)
    }
  }

  /** The hits from that one on, as text: the one that asks must not hold objects of the program. An answer that came too late is asked for once more. */
  function take(from) {
    const hits = kept.hits.slice(from)
    return textOf({
      reached: kept.reached,
      untold: kept.untold,
      failed: kept.failed,
      why: kept.why,
      ownUs: kept.ownUs,
      isHeavy: kept.isHeavy,
      hits,
    })
  }

  return { pass, take, get, at, same, less, atMost, none }
}
