import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { fromHex, SEED_LENGTH, toHex } from '../../crypto/index.ts'
import { writeAtomically } from './atomic-write.ts'
import { InvalidKeyFileError, KeyPermissionsError } from './errors.ts'

/**
 * The 32-byte seed of the node's identity, from its file; a new one is drawn where there is no file yet.
 * @throws {KeyPermissionsError | InvalidKeyFileError}
 */
export async function openIdentityKey(path: string): Promise<Uint8Array> {
  const kept = await readIdentityKey(path)
  if (kept !== undefined) return kept
  const seed = new Uint8Array(randomBytes(SEED_LENGTH))
  await writeAtomically(path, `${toHex(seed)}\n`, { mode: 0o600 })
  return seed
}

/**
 * The same, but undefined where there is no file yet.
 * @throws {KeyPermissionsError} when anybody but the owner may read or write it.
 * @throws {InvalidKeyFileError} when it holds something else.
 */
export async function readIdentityKey(path: string): Promise<Uint8Array | undefined> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
  if (mode === undefined) return undefined
  // Windows has no such permissions: its files report 666 whatever protects them.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new KeyPermissionsError(path, mode)
  const text = (await readFile(path, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidKeyFileError(path)
  return fromHex(text)
}
