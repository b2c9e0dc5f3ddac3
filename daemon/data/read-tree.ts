import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Needs, SourceFile, SourceFiles } from '../../src/data/index.ts'
import { UnreadableFileError } from './errors.ts'
import type { ReadOptions } from './interface.ts'
import { refuseInflatingPng } from './png-guard.ts'
import { readDataFile, reasonOf } from './read-file.ts'

/**
 * Reads a folder with one sub-folder a class. Hidden entries, other file types and deeper folders are passed over.
 * Keys are `class/file`; files come in the order of their names.
 *
 * @throws {UnreadableFileError} when there are more or larger files than the limits allow.
 */
export async function readTree(
  path: string,
  needs: Extract<Needs, { kind: 'tree' }>,
  { signal, onFile }: ReadOptions,
): Promise<SourceFiles> {
  const { limits } = needs
  const files = new Map<string, SourceFile>()
  let total = 0
  for (const folder of await visible(path, 'folder')) {
    const names = await visible(join(path, folder), 'file')
    for (const name of names) {
      if (!needs.extensions.includes(extname(name).toLowerCase())) continue
      signal?.throwIfAborted()
      const file = join(path, folder, name)
      onFile?.(file)
      const source = await readDataFile(file, limits.file, { signal })
      await refuseInflatingPng(source)
      files.set(`${folder}/${name}`, source)
      total += source.bytes.length
      if (files.size > limits.files || total > limits.total) {
        throw new UnreadableFileError(
          path,
          `it holds more than ${limits.files} pictures or ${limits.total} bytes. Use a smaller folder.`,
        )
      }
    }
  }
  return files
}

async function visible(path: string, what: 'file' | 'folder'): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
    throw new UnreadableFileError(path, `${reasonOf(error)}. Check the rights of the folder.`)
  })
  return entries
    .filter((entry) => !entry.name.startsWith('.') && entry.isDirectory() === (what === 'folder'))
    .map((entry) => entry.name)
    .sort()
}
