#!/usr/bin/env node
/* Old syntax on purpose: any Node that can be found must be able to read this file and say what is wrong. */
/* oxlint-disable unicorn/prefer-node-protocol -- an old Node knows no `node:` */
'use strict'
var path = require('path')
var fs = require('fs')
var need = [24, 15]
var have = process.versions.node.split('.').map(Number)
var tooOld = have[0] < need[0] || (have[0] === need[0] && have[1] < need[1])
/* A clone has the Node that its lock file brings. */
var brought = path.join(__dirname, '..', 'node_modules', '.bin', 'node')
if (!tooOld) start()
else if (fs.existsSync(brought) && process.env.HALLIGAN_STARTED_BY !== process.versions.node) startWith(brought)
else {
  process.stderr.write(
    'halligan: this is Node ' + process.versions.node + ', and Halligan needs Node ' + need.join('.') + ' or newer.\n' +
      'Try: run it with a newer node (`node --version` tells which one is found first), or from a clone with `npm start`, which brings its own.\n'
  )
  process.exit(1)
}

function start() {
  delete process.env.HALLIGAN_STARTED_BY
  var enableCompileCache = require('node:module').enableCompileCache
  if (enableCompileCache) enableCompileCache()
  try {
    require('../dist/main.cjs')
  } catch (error) {
    process.stderr.write('halligan: ' + ((error && error.stack) || error) + '\nTry: `npm run build` if this is a clone that has not been built.\n')
    process.exit(1)
  }
}

/* Stands aside: the other one has the terminal, and its end is ours. The mark in the environment keeps two old ones from starting each other for ever. */
function startWith(node) {
  var env = Object.assign({}, process.env, { HALLIGAN_STARTED_BY: process.versions.node })
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit', env: env })
  /* Ctrl-C reaches both; the other one decides what it means. */
  process.on('SIGINT', function () {})
  ;['SIGTERM', 'SIGHUP'].forEach(function (name) {
    process.on(name, function () {
      child.kill(name)
    })
  })
  child.on('error', function (error) {
    process.stderr.write('halligan: ' + node + ' could not be started: ' + error.message + '\nTry: `npm start`, which installs it anew.\n')
    process.exit(1)
  })
  child.on('exit', function (code, signal) {
    if (signal) {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    } else process.exit(code)
  })
}
