/**
 * What a flame graph does in a browser: search and zoom. It reads the `data-` attributes of the calls (from, width, depth, name), sets attributes and text, never
 * markup, and loads nothing.
 */
export const FLAME_GRAPH_SCRIPT = `
(function () {
  'use strict'
  var graph = document.getElementById('calls')
  var said = document.getElementById('said')
  var width = Number(graph.dataset.width)
  var letter = Number(graph.dataset.letter)
  var calls = Array.prototype.map.call(graph.children, function (g) {
    return { g: g, x: Number(g.dataset.x), w: Number(g.dataset.w), d: Number(g.dataset.d), n: g.dataset.n, rect: g.querySelector('rect'), text: g.querySelector('text') }
  })
  var hint = said.textContent
  var EPSILON = 1e-6
  function draw(top) {
    calls.forEach(function (c) {
      var isAbove = c.d < top.d && c.x <= top.x + EPSILON && c.x + c.w >= top.x + top.w - EPSILON
      var isBelow = c.d >= top.d && c.x >= top.x - EPSILON && c.x + c.w <= top.x + top.w + EPSILON
      c.g.style.display = isAbove || isBelow ? '' : 'none'
      var x = isAbove ? 0 : ((c.x - top.x) / top.w) * width
      var w = isAbove ? width : (c.w / top.w) * width
      c.g.style.opacity = isAbove ? '0.5' : ''
      c.rect.setAttribute('x', x)
      c.rect.setAttribute('width', Math.max(0, w))
      c.text.setAttribute('x', x + 3)
      var letters = Math.floor((w - 4) / letter)
      c.text.textContent = letters < 3 ? '' : c.n.length > letters ? c.n.slice(0, letters - 1) + '\\u2026' : c.n
    })
  }
  function search(part) {
    var wanted = part.toLowerCase()
    var found = calls.filter(function (c) {
      var is = wanted !== '' && c.n.toLowerCase().indexOf(wanted) >= 0
      c.g.setAttribute('class', is ? 'found' : '')
      return is
    })
    var end = -1
    var share = 0
    found.sort(function (a, b) { return a.x - b.x || b.w - a.w }).forEach(function (c) {
      if (c.x >= end - EPSILON) { share += c.w; end = c.x + c.w }
    })
    hint = wanted === '' ? '' : 'found ' + found.length + ' calls, ' + (100 * share).toFixed(1) + ' % of all: ' + part
    said.textContent = hint
  }
  function ask() {
    var part = window.prompt('Part of the name of a function:', '')
    if (part !== null) search(part)
  }
  calls.forEach(function (c) {
    c.g.addEventListener('click', function () { draw(c) })
    c.g.addEventListener('mouseover', function () { said.textContent = c.g.querySelector('title').textContent })
    c.g.addEventListener('mouseout', function () { said.textContent = hint })
  })
  document.getElementById('whole').addEventListener('click', function () { draw(calls[0]) })
  document.getElementById('search').addEventListener('click', ask)
  window.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') { search(''); draw(calls[0]) }
    if (event.key === 'f' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); ask() }
  })
})()
`
