#!/usr/bin/env node
// The command `starling`. `npm link`, or a symbolic link to this file from a folder on the PATH, makes it one.

process.argv.splice(2, 0, 'daemon/main.ts')
await import('./bootstrap.mjs')
