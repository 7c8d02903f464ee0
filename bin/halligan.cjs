#!/usr/bin/env node
/* Old syntax on purpose: any Node that can be found must be able to read this file and say what is wrong. */
'use strict'
var need = [24, 15]
var have = process.versions.node.split('.').map(Number)
if (have[0] < need[0] || (have[0] === need[0] && have[1] < need[1])) {
  process.stderr.write(
    'halligan: this is Node ' + process.versions.node + ', and Halligan needs Node ' + need.join('.') + ' or newer.\n' +
      'Try: run it with a newer node (`node --version` tells which one is found first), or from a clone with `npm start`, which brings its own.\n'
  )
  process.exit(1)
}
var enableCompileCache = require('node:module').enableCompileCache
if (enableCompileCache) enableCompileCache()
import('../dist/main.js').catch(function (error) {
  process.stderr.write('halligan: ' + ((error && error.stack) || error) + '\nTry: `npm run build` if this is a clone that has not been built.\n')
  process.exit(1)
})
