/**
 * Another order of a model's parameters: in each tensor of several axes those values lie together that belong to the same
 * output, as in PyTorch, instead of the same input. Values of one output change alike, which a wavelet
 * transform turns into few coefficients; neighbouring outputs have nothing in common. Tables, of which a step changes
 * some rows, keep their rows together.
 */
import type { ParameterEntry, ParameterLayout } from '../model/parameters.ts'

/** Rows and columns copied at a time, so that what is read and written stays in cache. */
const TILE = 32

export function toOutputMajor(parameters: Float32Array, layout: ParameterLayout): Float32Array {
  return reordered(parameters, layout, (entry, columns) => [entry.size / columns, columns])
}

/** The way back. */
export function fromOutputMajor(ordered: Float32Array, layout: ParameterLayout): Float32Array {
  return reordered(ordered, layout, (entry, columns) => [columns, entry.size / columns])
}

function reordered(
  from: Float32Array,
  { entries }: ParameterLayout,
  shapeOf: (entry: ParameterEntry, columns: number) => [number, number],
): Float32Array {
  const to = from.slice()
  for (const entry of entries) {
    if (entry.shape.length < 2 || entry.isTable === true) continue
    transpose(from, to, entry.offset, ...shapeOf(entry, entry.shape.at(-1)!))
  }
  return to
}

function transpose(
  from: Float32Array,
  to: Float32Array,
  offset: number,
  rows: number,
  columns: number,
): void {
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(rows, top + TILE)
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(columns, left + TILE)
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          to[offset + column * rows + row] = from[offset + row * columns + column]!
        }
      }
    }
  }
}
