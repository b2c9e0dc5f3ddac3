// Runs a script of this checkout on the pinned Node, installing what is missing first.
//
//   node daemon/bootstrap.mjs SCRIPT [ARG ...]
//
// Plain JavaScript for Node >= 18, because it runs before anything is installed. Every npm script goes
// through it: the machine's own Node may be too old to run TypeScript from source, the `node` dev
// dependency is not.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = [22, 18] // first release that runs TypeScript from source without a flag
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.starling-lock')

/** Installs the locked packages unless the last install was of this very lock file. */
function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const digest = createHash('sha256').update(lock).digest('hex')
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  if (installed === digest) return
  process.stderr.write('starling: installing packages (once per lock file)\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // Not `npm ci`: it refuses a lock file written where the registry had only some platforms' packages.
  const flags = ['--no-save', '--no-fund', '--no-audit', '--loglevel=error']
  const { status, error } = spawnSync(npm, ['install', ...flags], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    const reason = error?.message ?? `npm install ended with status ${status}`
    process.stderr.write(`starling: could not install packages: ${reason}\n`)
    process.exit(status || 1)
  }
  mkdirSync(modules, { recursive: true })
  writeFileSync(stamp, digest)
}

/** The pinned Node of this checkout, or the machine's own where it is new enough. */
function findNode() {
  const pinned = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) return pinned
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) {
    return process.execPath
  }
  process.stderr.write(
    `starling: Node ${OLDEST_NODE.join('.')} or newer is needed and this is ${process.versions.node}; ` +
      'the "node" package that brings one was not installed. ' +
      'Allow its install script (npm install-scripts approve node) or install a newer Node.\n',
  )
  process.exit(1)
}

/**
 * Long vectors come and go every round, and memory that is new to a process comes a page at a time, filled with zeros
 * first. Pages of 2 MiB save most of that, and vectors of up to 128 MiB from the heap the rest: glibc asks the system
 * anew for those from 32 MiB on. As much of the heap is kept as it would come to by itself. Read by glibc 2.35 and
 * later, and by nothing else; what is set already stays.
 */
const TUNABLES = {
  'glibc.malloc.hugetlb': 1,
  'glibc.malloc.mmap_threshold': 128 * 2 ** 20,
  'glibc.malloc.trim_threshold': 64 * 2 ** 20,
}

function tunables(given = '') {
  const missing = Object.entries(TUNABLES).filter(([name]) => !given.includes(name))
  const added = missing.map(([name, value]) => `${name}=${value}`)
  return [given, ...added].filter((part) => part !== '').join(':')
}

installPackages()
const [script, ...args] = process.argv.slice(2)
if (script === undefined) {
  process.stderr.write('usage: node daemon/bootstrap.mjs SCRIPT [ARG ...]\n')
  process.exit(2)
}
// Relative paths in ARGS are the caller's; tools of the checkout itself expect its root.
const isOwnScript = script.startsWith('daemon/')
const child = spawn(findNode(), [resolve(root, script), ...args], {
  cwd: isOwnScript ? (process.env.INIT_CWD ?? process.cwd()) : root,
  stdio: 'inherit',
  env: {
    // Compiled code is kept beside the packages: what is started again need not be compiled again.
    NODE_COMPILE_CACHE: join(modules, '.cache', 'compiled'),
    ...process.env,
    GLIBC_TUNABLES: tunables(process.env.GLIBC_TUNABLES),
  },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on.
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
}
child.on('exit', (code, signal) =>
  process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']),
)
