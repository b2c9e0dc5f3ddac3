/**
 * The IDX format of the MNIST files: two zero bytes, a type code (8 = unsigned byte), the number of dimensions,
 * one big-endian 32-bit length a dimension, then the values. http://yann.lecun.com/exdb/mnist
 */
import { DataFileError } from '../errors.ts'
import type { SourceFile } from './definition.ts'

const FIX = 'Fetch the official file again with: starling data pull mnist'

/**
 * The values of an IDX file of unsigned bytes, as a view of the file's bytes.
 * @throws {DataFileError} unless the dimensions are `dimensions` many, not empty, and account for every byte.
 */
export function parseIdx(
  file: SourceFile,
  dimensions: number,
): { readonly lengths: readonly number[]; readonly values: Uint8Array } {
  const { path, bytes } = file
  const headerLength = 4 + 4 * dimensions
  if (bytes.length < headerLength) {
    throw new DataFileError(
      path,
      `it has ${bytes.length} bytes and its header alone ${headerLength}`,
      FIX,
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.getUint32(0)
  const expected = 0x0800 + dimensions
  if (magic !== expected) {
    throw new DataFileError(path, `it starts with ${magic} and not with ${expected}`, FIX)
  }
  const lengths = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i))
  const size = lengths.reduce((product, length) => product * length, 1)
  if (size !== bytes.length - headerLength || size === 0) {
    const found = bytes.length - headerLength
    throw new DataFileError(
      path,
      `it announces ${lengths.join(' × ')} values and holds ${found}`,
      FIX,
    )
  }
  return { lengths, values: bytes.subarray(headerLength) }
}
