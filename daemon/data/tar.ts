/**
 * A reader for the plain files of a gzipped tar archive (POSIX.1-1988 "ustar" and its predecessor), as far as the
 * official archives need one. It takes the members that were asked for by name, and nothing else reaches the disk.
 */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { ArchiveError } from './errors.ts'
import { reasonOf } from './read-file.ts'

const BLOCK = 512
/** Most bytes of one member: three times a CIFAR-10 batch. */
const MEMBER_LIMIT = 100 * 1024 * 1024
/** Most unpacked bytes in all, against archives that never end. */
const TOTAL_LIMIT = 1024 ** 3

/**
 * Yields the `wanted` members in the order in which they lie in the archive.
 * @throws {ArchiveError} for a damaged archive, one that is too large, or one that lacks a member.
 */
export async function* readTarGz(
  path: string,
  wanted: readonly string[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }> {
  const missing = new Set(wanted)
  const input = new BlockReader(path)
  try {
    while (missing.size > 0) {
      signal?.throwIfAborted()
      const header = await input.take(BLOCK)
      if (header === null || header.every((byte) => byte === 0)) break
      const { name, size, isFile } = parseHeader(header, path)
      const padded = Math.ceil(size / BLOCK) * BLOCK
      if (!isFile || !missing.delete(name)) {
        await input.skip(padded)
        continue
      }
      if (size > MEMBER_LIMIT) throw new ArchiveError(path, `its member ${name} has ${size} bytes`)
      const bytes = await input.take(padded)
      if (bytes === null) throw new ArchiveError(path, `it ends within ${name}`)
      yield { name, bytes: bytes.subarray(0, size) }
    }
  } catch (error) {
    if (error instanceof ArchiveError || signal?.aborted) throw error
    throw new ArchiveError(path, `it cannot be unpacked (${reasonOf(error)})`)
  } finally {
    input.close()
  }
  if (missing.size > 0) throw new ArchiveError(path, `it lacks ${[...missing].join(', ')}`)
}

function parseHeader(header: Uint8Array, path: string) {
  const text = (start: number, length: number) => {
    const field = header.subarray(start, start + length)
    const end = field.indexOf(0)
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
  }
  // The checksum counts its own field as spaces.
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  const size = octal(text(124, 12))
  if (octal(text(148, 8)) !== sum || size === null) {
    throw new ArchiveError(path, 'it holds something that is no tar header')
  }
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : ''
  const name = (prefix === '' ? '' : `${prefix}/`) + text(0, 100)
  const type = header[156]
  return { name, size, isFile: type === 0 || type === 0x30 }
}

function octal(field: string): number | null {
  const digits = field.trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : null
}

/** Takes exact numbers of bytes from a gunzipped file. */
class BlockReader {
  readonly #file
  readonly #stream
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Uint8Array = new Uint8Array(0)
  #total = 0

  constructor(path: string) {
    this.#file = createReadStream(path)
    const gunzip = createGunzip()
    this.#file.on('error', (error) => gunzip.destroy(error))
    this.#stream = this.#file.pipe(gunzip)
    this.#chunks = this.#stream[Symbol.asyncIterator]()
  }

  /** The next `length` bytes, or null where the archive ends before. */
  async take(length: number): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = []
    let lacking = length
    while (lacking > 0) {
      if (this.#held.length === 0 && !(await this.#next())) return null
      const part = this.#held.subarray(0, lacking)
      this.#held = this.#held.subarray(part.length)
      parts.push(part)
      lacking -= part.length
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  async skip(length: number): Promise<void> {
    let lacking = length
    while (lacking > 0) {
      if (this.#held.length === 0 && !(await this.#next())) return
      const step = Math.min(lacking, this.#held.length)
      this.#held = this.#held.subarray(step)
      lacking -= step
    }
  }

  close(): void {
    this.#stream.destroy()
    this.#file.destroy()
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done === true) return false
    this.#held = value
    this.#total += value.length
    if (this.#total > TOTAL_LIMIT) throw new Error(`it unpacks to more than ${TOTAL_LIMIT} bytes`)
    return true
  }
}
