/**
 * Convolutions of 5 × 5 filters by Winograd's minimal filtering F(2 × 2, 5 × 5): Lavin & Gray, "Fast Algorithms for
 * Convolutional Neural Networks" (CVPR 2016, arXiv:1509.09308). Outputs are cut into tiles of 2 × 2, which see 6 × 6
 * inputs d; with the matrices of winograd-lines.ts, U = G g Gᵀ of each filter and V = Bᵀ d B of each tile,
 *
 *   y = Aᵀ (Σ_channels U ⊙ V) A,   a product of tiles × channels with channels × filters for each of 36 places:
 *
 * 36 multiplications instead of 100. The filter's gradient is Gᵀ (Σ_tiles V ⊙ (A dy Aᵀ)) G; the input's is the
 * convolution of dy with the filter turned by half and its channels and filters exchanged. The paper's
 * F(4 × 4, 3 × 3) has our Bᵀ. Rounding errors are three to fifteen times those of direct sums: about 1e-5 of the
 * largest value.
 */
import { addMargin, ConvolutionShape, marginBytes, SHAPE_BYTES } from './convolution-shape'
import { FLOAT, zeroRun } from './lanes'
import { COLUMNS, TALL, tileHeight, wholeTile } from './tile'
import {
  PLACES, planeBytes, SEEN, SIDE, SQUARE_BYTES, TAPS, tilesAcross, tilesDown, transformFilters,
  transformInputs, transformOutputs, transformSlopes, transformSums,
} from './winograd-transforms'

/** Tiles of one image taken together: what belongs to them stays in the second-level cache. */
const TILES: i32 = 64

/** Channels in a unit of work of the filter's gradient. */
export const CHANNELS_OF_UNIT: i32 = 4

const ZEROS_BYTES: usize = <usize>COLUMNS * FLOAT

/** Whether the algorithm knows a shape, and is worth its transforms there. */
export function servesMinimal(s: ConvolutionShape): bool {
  return (
    s.filterHeight == TAPS && s.filterWidth == TAPS && s.strideHeight == 1 && s.strideWidth == 1 &&
    s.top < TAPS && s.left < TAPS && s.channels % COLUMNS == 0 && s.filters % COLUMNS == 0
  )
}

export function minimalScratchBytes(s: ConvolutionShape): usize {
  const height = max(s.height, s.outHeight) + SEEN,
    width = max(s.width, s.outWidth) + SEEN
  const margin = marginBytes(height, width, max(s.channels, s.filters))
  const planes =
    planeBytes(s.channels * s.filters) + planeBytes((TILES + TALL) * s.channels) +
    planeBytes((TILES + TALL) * s.filters)
  return SHAPE_BYTES + ZEROS_BYTES + 2 * SQUARE_BYTES + margin + <usize>PLACES * planes
}

/** Output images [begin, end): y = x ∗ filter + bias, or without a bias (address 0). */
export function minimalConvolve(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, x: usize, filter: usize, bias: usize,
  y: usize,
): void {
  convolveTiles(begin, end, scratch + SHAPE_BYTES, s, x, filter, false, bias, y)
}

/** Input gradients of images [begin, end). */
export function minimalInputGradient(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, dy: usize, filter: usize, dx: usize,
): void {
  const back = changetype<ConvolutionShape>(scratch)
  back.height = s.outHeight
  back.width = s.outWidth
  back.channels = s.filters
  back.filterHeight = TAPS
  back.filterWidth = TAPS
  back.filters = s.channels
  back.top = TAPS - 1 - s.top
  back.left = TAPS - 1 - s.left
  back.strideHeight = 1
  back.strideWidth = 1
  back.outHeight = s.height
  back.outWidth = s.width
  convolveTiles(begin, end, scratch + SHAPE_BYTES, back, dy, filter, true, 0, dx)
}

/** `turned`: the filter is stored with its rows, columns, and channels against filters, the other way round. */
function convolveTiles(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, x: usize, filter: usize, turned: bool,
  bias: usize, y: usize,
): void {
  const across = tilesAcross(s),
    count = across * tilesDown(s)
  const rows = SIDE * tilesDown(s) + TAPS - 1,
    columns = SIDE * across + TAPS - 1
  const filterPlane = planeBytes(s.channels * s.filters),
    inputPlane = planeBytes((TILES + TALL) * s.channels),
    outputPlane = planeBytes((TILES + TALL) * s.filters)
  const zeros = scratch
  const squares = zeros + ZEROS_BYTES
  const filters = squares + 2 * SQUARE_BYTES
  const inputs = filters + <usize>PLACES * filterPlane
  const outputs = inputs + <usize>PLACES * inputPlane
  const image = outputs + <usize>PLACES * outputPlane
  zeroRun(zeros, COLUMNS)
  transformFilters(s, filter, turned, squares, filters, filterPlane)
  for (let i = begin; i < end; i++) {
    addMargin(s, x + <usize>i * s.imageBytes, 0, s.channels, rows, columns, image)
    for (let first = 0; first < count; first += TILES) {
      const tiles = min(TILES, count - first)
      transformInputs(s, image, columns, first, tiles, s.channels, squares, inputs, inputPlane)
      for (let place: usize = 0; place < <usize>PLACES; place++)
        multiplyTiles(
          s, tiles, inputs + place * inputPlane, filters + place * filterPlane, zeros,
          outputs + place * outputPlane,
        )
      transformOutputs(
        s, first, tiles, outputs, outputPlane, bias == 0 ? zeros : bias, bias == 0, squares,
        y + <usize>i * s.outputBytes,
      )
    }
  }
}

/**
 * Of the filter's gradient, the channels [4·begin, 4·end). Every thread transforms its own channels of x, and all
 * of dy.
 */
export function minimalFilterGradient(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, images: i32, x: usize, dy: usize,
  dfilter: usize,
): void {
  const channel = begin * CHANNELS_OF_UNIT,
    channels = end * CHANNELS_OF_UNIT - channel
  const across = tilesAcross(s),
    count = across * tilesDown(s)
  const rows = SIDE * tilesDown(s) + TAPS - 1,
    columns = SIDE * across + TAPS - 1
  const filterPlane = planeBytes(channels * s.filters),
    inputPlane = planeBytes(TILES * channels),
    slopePlane = planeBytes(TILES * s.filters)
  const squares = scratch
  const sums = squares + 2 * SQUARE_BYTES
  const inputs = sums + <usize>PLACES * filterPlane
  const slopes = inputs + <usize>PLACES * inputPlane
  const image = slopes + <usize>PLACES * slopePlane
  for (let place: usize = 0; place < <usize>PLACES; place++)
    zeroRun(sums + place * filterPlane, channels * s.filters)
  for (let i: usize = 0; i < <usize>images; i++) {
    addMargin(s, x + i * s.imageBytes, channel, channels, rows, columns, image)
    for (let first = 0; first < count; first += TILES) {
      const tiles = min(TILES, count - first)
      transformInputs(s, image, columns, first, tiles, channels, squares, inputs, inputPlane)
      transformSlopes(s, dy + i * s.outputBytes, first, tiles, squares, slopes, slopePlane)
      for (let place: usize = 0; place < <usize>PLACES; place++)
        addOverTiles(
          s, tiles, channels, inputs + place * inputPlane, slopes + place * slopePlane,
          sums + place * filterPlane,
        )
    }
  }
  transformSums(s, channel, channels, sums, filterPlane, squares, dfilter)
}

/** One place of all tiles: outputs = inputs · filters. Planes have room for the rows of a last, incomplete tile. */
function multiplyTiles(
  s: ConvolutionShape, tiles: i32, inputs: usize, filters: usize, zeros: usize, outputs: usize,
): void {
  const row = <usize>s.channels * FLOAT,
    outRow = <usize>s.filters * FLOAT
  for (let f = 0; f < s.filters; f += COLUMNS)
    for (let t = 0; t < tiles; ) {
      const height = tileHeight(tiles - t)
      wholeTile(
        height, 1, s.channels, inputs + <usize>t * row, row, FLOAT, 0,
        filters + <usize>(f * s.channels) * FLOAT, ZEROS_BYTES, zeros, 0,
        outputs + <usize>t * outRow + <usize>f * FLOAT, outRow,
      )
      t += height
    }
}

/** One place of all tiles: sums += inputsᵀ · slopes. A multiple of four channels needs whole tiles only. */
function addOverTiles(
  s: ConvolutionShape, tiles: i32, channels: i32, inputs: usize, slopes: usize, sums: usize,
): void {
  const step = <usize>channels * FLOAT,
    row = <usize>s.filters * FLOAT
  for (let f = 0; f < s.filters; f += COLUMNS)
    for (let c = 0; c < channels; ) {
      const height = tileHeight(channels - c)
      const target = sums + <usize>c * row + <usize>f * FLOAT
      wholeTile(
        height, 1, tiles, inputs + <usize>c * FLOAT, FLOAT, step, 0, slopes + <usize>f * FLOAT, row,
        target, row, target, row,
      )
      c += height
    }
}
