import { readFile, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { SourceFile } from '../../src/data/index.ts'
import { UnreadableFileError } from './errors.ts'

const inflate = promisify(gunzip)

/**
 * Reads a file of at most `limit` bytes, gunzipped where it starts as gzip does; the limit holds before and after.
 * @throws {UnreadableFileError} for anything but a plain file that can be read and fits.
 */
export async function readDataFile(
  path: string,
  limit: number,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<SourceFile> {
  let bytes: Uint8Array
  try {
    // Not a pipe or a device: those may never end.
    const { size } = await requireFile(path)
    if (size > limit) throw tooLarge(path, size, limit)
    bytes = await readFile(path, { signal })
  } catch (error) {
    if (error instanceof UnreadableFileError || signal?.aborted) throw error
    throw new UnreadableFileError(path, `${reasonOf(error)}. Check the file and its rights.`)
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { path, bytes: plain(bytes) }
  try {
    return { path, bytes: plain(await inflate(bytes, { maxOutputLength: limit })) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(path, limit + 1, limit)
    }
    throw new UnreadableFileError(path, 'its gzip stream is damaged. Fetch or compress it again.')
  }
}

/** A Buffer as the plain array it extends: a Buffer's `slice` is a view where an array's is a copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

async function requireFile(path: string): Promise<{ size: number }> {
  const found = await stat(path)
  if (found.isFile()) return found
  throw new UnreadableFileError(path, 'it is not a plain file. Put the data file itself there.')
}

function tooLarge(path: string, size: number, limit: number): UnreadableFileError {
  const least = size > limit ? `more than ${limit}` : `${size}`
  return new UnreadableFileError(
    path,
    `it has ${least} bytes and at most ${limit} are read. Is it the right file?`,
  )
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
