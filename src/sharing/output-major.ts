/**
 * Another order of a model's parameters: in each tensor of several axes those values lie together that belong to the same
 * output, as in PyTorch, instead of the same input. Values of one output change alike, which a wavelet
 * transform turns into few coefficients; neighbouring outputs have nothing in common. Tables, of which a step changes
 * some rows, keep their rows together.
 *
 * Vectors lie in the kernels' memory, and what else is to be done with each value is done on the way.
 */
import type { ParameterLayout } from '../model/parameters.ts'
import { type Address, bytesAt, kernels, reserveNumbers } from '../numeric/kernels.ts'

/** The parameters in the other order. */
export function toOutputMajor(x: Address, layout: ParameterLayout): Address {
  const to = reserveNumbers(layout.size)
  forEachPart(layout, (at, rows, columns) => {
    if (columns === 1) copy(x + at, rows, to + at)
    else kernels.transpose(x + at, rows, columns, to + at)
  })
  return to
}

/** The way back; with `onto`, a vector in the parameters' own order, the sum of both. */
export function fromOutputMajor(
  ordered: Address,
  layout: ParameterLayout,
  onto?: Address,
): Address {
  const to = reserveNumbers(layout.size)
  forEachPart(layout, (at, rows, columns) => {
    if (onto !== undefined) {
      if (columns === 1) kernels.sum(onto + at, ordered + at, rows, to + at)
      else kernels.transposeOnto(ordered + at, onto + at, columns, rows, to + at)
    } else if (columns === 1) copy(ordered + at, rows, to + at)
    else kernels.transpose(ordered + at, columns, rows, to + at)
  })
  return to
}

/** Calls with offset in bytes and shape of each tensor as a matrix; one that keeps its order has a single column. */
function forEachPart(
  { entries }: ParameterLayout,
  call: (at: number, rows: number, columns: number) => void,
): void {
  for (const { offset, size, shape, isTable } of entries) {
    const columns = shape.length < 2 || isTable === true ? 1 : shape.at(-1)!
    call(offset * Float32Array.BYTES_PER_ELEMENT, size / columns, columns)
  }
}

function copy(from: Address, count: number, to: Address): void {
  const bytes = count * Float32Array.BYTES_PER_ELEMENT
  bytesAt(to, bytes).set(bytesAt(from, bytes))
}
