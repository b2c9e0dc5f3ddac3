/**
 * Where a data directory's control socket is. Unix limits a socket's path to about 100 bytes; a data directory
 * nested deeper gets a short path in the system's temporary folder, written down in `api.path`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { MAX_SOCKET_PATH_BYTES } from './limits.ts'

const SOCKET = 'api.sock'
const POINTER = 'api.path'

/** Chooses the socket's path for a daemon that is about to listen. Call it only while holding the directory's lock. */
export function claimSocketPath(directory: string): string {
  releaseSocketPath(directory)
  const inside = join(directory, SOCKET)
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return inside
  // mkdtemp makes a folder that only its owner may enter, under a name nobody could have taken before.
  const outside = join(mkdtempSync(join(tmpdir(), 'starling-')), SOCKET)
  writeFileSync(join(directory, POINTER), outside, { mode: 0o600 })
  return outside
}

/** The path under which a daemon of this directory would listen. */
export function findSocketPath(directory: string): string {
  return readPointer(directory) ?? join(directory, SOCKET)
}

/** Removes what `claimSocketPath` made, also what a killed daemon left behind. */
export function releaseSocketPath(directory: string): void {
  const outside = readPointer(directory)
  if (outside !== undefined) {
    rmSync(outside, { force: true })
    rmSync(join(directory, POINTER), { force: true })
    rmSync(dirname(outside), { force: true, recursive: true })
  }
  rmSync(join(directory, SOCKET), { force: true })
}

function readPointer(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, POINTER), 'utf8')
  } catch {
    return undefined
  }
}
