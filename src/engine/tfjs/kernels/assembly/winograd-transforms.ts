/**
 * The two-dimensional transforms of winograd.ts: its one-dimensional steps down all columns of a square, then along all
 * rows. The results of one place of the square, for all tiles (or filters) and channels, lie together in a plane, so
 * that a place is a matrix product; four channels are transformed at a time.
 */
import { ConvolutionShape } from './convolution-shape'
import { FLOAT, VECTOR } from './lanes'
import { COLUMNS } from './tile'
import { filterLine, inputLine, outputLine, slopeLine, tapLine } from './winograd-lines'

/** Side of a filter, of a tile of outputs, and of the inputs that it sees. */
export const TAPS: i32 = 5
export const SIDE: i32 = 2
export const SEEN: i32 = SIDE + TAPS - 1
export const PLACES: i32 = SEEN * SEEN

/** A line beyond each plane, lest the 36 planes compete for the same places of a cache. */
const CACHE_LINE: usize = 64

/** Squares of vectors that a transform works on (`squares`: two, `half`: one), and their rows. */
export const SQUARE_BYTES: usize = <usize>PLACES * VECTOR
const TAPS_ROW: usize = <usize>TAPS * VECTOR
const SIDE_ROW: usize = <usize>SIDE * VECTOR
const SEEN_ROW: usize = <usize>SEEN * VECTOR

/** U of all filters, packed for the tiles of the product: eight filters' values of all channels after another. */
export function transformFilters(
  s: ConvolutionShape, filter: usize, turned: bool, squares: usize, to: usize, plane: usize,
): void {
  const taps = squares,
    half = squares + SQUARE_BYTES
  for (let f = 0; f < s.filters; f += 4)
    for (let c = 0; c < s.channels; c++) {
      for (let tap = 0; tap < TAPS * TAPS; tap++) {
        const at = taps + <usize>tap * VECTOR
        if (turned) {
          const from =
            filter + <usize>(((TAPS * TAPS - 1 - tap) * s.filters + f) * s.channels + c) * FLOAT
          const next = <usize>s.channels * FLOAT
          store<f32>(at, load<f32>(from))
          store<f32>(at, load<f32>(from + next), 4)
          store<f32>(at, load<f32>(from + 2 * next), 8)
          store<f32>(at, load<f32>(from + 3 * next), 12)
        } else
          v128.store(
            at, v128.load(filter + <usize>((tap * s.channels + c) * s.filters + f) * FLOAT),
          )
      }
      const first = f & ~(COLUMNS - 1)
      const target = to + <usize>(first * s.channels + c * COLUMNS + (f - first)) * FLOAT
      for (let column: usize = 0; column < <usize>TAPS; column++)
        filterLine(taps + column * VECTOR, TAPS_ROW, half + column * VECTOR, TAPS_ROW)
      for (let row: usize = 0; row < <usize>SEEN; row++)
        filterLine(half + row * TAPS_ROW, VECTOR, target + row * <usize>SEEN * plane, plane)
    }
}

/** V of `tiles` tiles from `first` on: 36 planes of tiles × channels. */
export function transformInputs(
  s: ConvolutionShape, image: usize, columns: i32, first: i32, tiles: i32, channels: i32,
  half: usize, to: usize, plane: usize,
): void {
  const across = tilesAcross(s)
  const pixel = <usize>channels * FLOAT,
    row = <usize>columns * pixel
  for (let t = first; t < first + tiles; t++) {
    const corner = image + <usize>(t / across * SIDE) * row + <usize>(t % across * SIDE) * pixel
    for (let c: usize = 0; c < pixel; c += VECTOR, to += VECTOR) {
      for (let column: usize = 0; column < <usize>SEEN; column++)
        inputLine(corner + column * pixel + c, row, half + column * VECTOR, SEEN_ROW)
      for (let line: usize = 0; line < <usize>SEEN; line++)
        inputLine(half + line * SEEN_ROW, VECTOR, to + line * <usize>SEEN * plane, plane)
    }
  }
}

/** A dy Aᵀ of `tiles` tiles; outputs beyond the image's edge count as zeros. */
export function transformSlopes(
  s: ConvolutionShape, dy: usize, first: i32, tiles: i32, squares: usize, to: usize, plane: usize,
): void {
  const across = tilesAcross(s)
  const corners = squares,
    half = squares + SQUARE_BYTES
  const pixel = <usize>s.filters * FLOAT
  for (let t = first; t < first + tiles; t++) {
    const h = t / across * SIDE,
      w = t % across * SIDE
    const corner = dy + <usize>(h * s.outWidth + w) * pixel
    for (let f: usize = 0; f < pixel; f += VECTOR, to += VECTOR) {
      for (let i = 0; i < SIDE; i++)
        for (let j = 0; j < SIDE; j++) {
          let slope = f32x4.splat(0)
          if (h + i < s.outHeight && w + j < s.outWidth)
            slope = v128.load(corner + <usize>(i * s.outWidth + j) * pixel + f)
          v128.store(corners + <usize>(i * SIDE + j) * VECTOR, slope)
        }
      for (let column: usize = 0; column < <usize>SIDE; column++)
        slopeLine(
          corners + column * VECTOR, SIDE_ROW, half + column * VECTOR, SIDE_ROW,
        )
      for (let line: usize = 0; line < <usize>SEEN; line++)
        slopeLine(half + line * SIDE_ROW, VECTOR, to + line * <usize>SEEN * plane, plane)
    }
  }
}

/** y = Aᵀ M A + bias of `tiles` tiles. */
export function transformOutputs(
  s: ConvolutionShape, first: i32, tiles: i32, from: usize, plane: usize, bias: usize,
  noBias: bool, squares: usize, y: usize,
): void {
  const across = tilesAcross(s)
  const half = squares,
    corners = squares + SQUARE_BYTES
  const pixel = <usize>s.filters * FLOAT
  for (let t = first; t < first + tiles; t++) {
    const h = t / across * SIDE,
      w = t % across * SIDE
    const corner = y + <usize>(h * s.outWidth + w) * pixel
    for (let f: usize = 0; f < pixel; f += VECTOR, from += VECTOR) {
      for (let column: usize = 0; column < <usize>SEEN; column++)
        outputLine(from + column * plane, <usize>SEEN * plane, half + column * VECTOR, SEEN_ROW)
      for (let line: usize = 0; line < <usize>SIDE; line++)
        outputLine(
          half + line * SEEN_ROW, VECTOR, corners + line * SIDE_ROW, VECTOR,
        )
      const shift = v128.load(noBias ? bias : bias + f)
      for (let i = 0; i < SIDE; i++)
        for (let j = 0; j < SIDE; j++)
          if (h + i < s.outHeight && w + j < s.outWidth)
            v128.store(
              corner + <usize>(i * s.outWidth + j) * pixel + f,
              f32x4.add(shift, v128.load(corners + <usize>(i * SIDE + j) * VECTOR)),
            )
    }
  }
}

/** Gᵀ (sums) G of `channels` channels from `channel` on, to their places in the filter's gradient. */
export function transformSums(
  s: ConvolutionShape, channel: i32, channels: i32, from: usize, plane: usize, half: usize,
  dfilter: usize,
): void {
  const tap = <usize>(s.channels * s.filters) * FLOAT
  let to = dfilter + <usize>(channel * s.filters) * FLOAT
  for (let n = 0; n < channels * s.filters; n += 4, from += VECTOR, to += VECTOR) {
    for (let column: usize = 0; column < <usize>SEEN; column++)
      tapLine(from + column * plane, <usize>SEEN * plane, half + column * VECTOR, SEEN_ROW)
    for (let row: usize = 0; row < <usize>TAPS; row++)
      tapLine(half + row * SEEN_ROW, VECTOR, to + row * <usize>TAPS * tap, tap)
  }
}

@inline
export function tilesDown(s: ConvolutionShape): i32 {
  return (s.outHeight + SIDE - 1) / SIDE
}

@inline
export function tilesAcross(s: ConvolutionShape): i32 {
  return (s.outWidth + SIDE - 1) / SIDE
}

@inline
export function planeBytes(floats: i32): usize {
  return <usize>floats * FLOAT + CACHE_LINE
}
