/**
 * Two-dimensional convolution and its gradients, images as H × W × C, filters as kh × kw × C × O. The tiles of the
 * matrix product walk over the images themselves, copied once with their margin of zeros, so that no matrix of
 * unrolled pixels is ever made; shapes that winograd.ts can serve take fewer operations still. The input gradient of
 * all others is a product whose rows are added to where they came from ("col2im").
 */
import { addMargin, ConvolutionShape, marginBytes } from './convolution-shape'
import { MULTIPLY_SCRATCH, multiply, packLastPanel, packPanels } from './gemm'
import { addRun, FLOAT, zeroRun } from './lanes'
import { COLUMNS, SHORT, TILE_BYTES, tile, tileHeight } from './tile'
import {
  CHANNELS_OF_UNIT, minimalConvolve, minimalFilterGradient, minimalInputGradient,
  minimalScratchBytes, servesMinimal,
} from './winograd'

/** Pixels whose gradients stay in the first-level cache, or whose rows of a product in the second-level one. */
const PIXELS: i32 = 128

const ZEROS_BYTES: usize = <usize>COLUMNS * FLOAT

export function convolutionScratchBytes(s: ConvolutionShape): usize {
  if (servesMinimal(s)) return minimalScratchBytes(s)
  const packed = <usize>(s.depth * (s.filters + COLUMNS)) * FLOAT
  const lastPanel = <usize>((PIXELS + s.outWidth) * COLUMNS) * FLOAT
  const product = MULTIPLY_SCRATCH + <usize>(PIXELS * s.depth) * FLOAT
  return max(ZEROS_BYTES + TILE_BYTES + seenBytes(s) + packed + lastPanel, product)
}

/** Into how many units the work of `convolveFilterGradient` can be cut. */
export function filterGradientUnits(s: ConvolutionShape): i32 {
  return servesMinimal(s) ? s.channels / CHANNELS_OF_UNIT : s.taps
}

/** Output images [begin, end): y = x ∗ filter + bias; without `bias` (address 0) y = x ∗ filter. */
export function convolve(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, x: usize, filter: usize, bias: usize,
  y: usize,
): void {
  if (servesMinimal(s)) {
    minimalConvolve(begin, end, scratch, s, x, filter, bias, y)
    return
  }
  const rows = rowsSeen(s),
    columns = columnsSeen(s)
  const zeros = scratch
  const whole = zeros + ZEROS_BYTES
  const image = whole + TILE_BYTES
  const packed = image + seenBytes(s)
  zeroRun(zeros, COLUMNS)
  packPanels(false, filter, s.filters, s.filters, s.depth, packed)
  const start = bias == 0 ? zeros : bias
  const startColumn: usize = bias == 0 ? 0 : FLOAT
  const pixel = <usize>s.channels * FLOAT,
    row = <usize>columns * pixel,
    outPixel = <usize>s.filters * FLOAT
  const length = s.filterWidth * s.channels
  const step = <usize>s.strideWidth * pixel
  y += <usize>begin * s.outputBytes
  for (let i = begin; i < end; i++) {
    addMargin(s, x + <usize>i * s.imageBytes, 0, s.channels, rows, columns, image)
    for (let h = 0; h < s.outHeight; h++, y += <usize>s.outWidth * outPixel)
      for (let j = 0; j < s.filters; j += COLUMNS)
        for (let w = 0; w < s.outWidth; w += tileHeight(s.outWidth - w))
          tile(
            s.outWidth - w, min(COLUMNS, s.filters - j), s.filterHeight, length,
            image + <usize>(h * s.strideHeight) * row + <usize>w * step, step, FLOAT,
            row - <usize>length * FLOAT, packed + <usize>(j * s.depth) * FLOAT, ZEROS_BYTES,
            start + <usize>j * startColumn, 0, y + <usize>w * outPixel + <usize>j * FLOAT, outPixel,
            whole,
          )
  }
}

/** Input gradients of images [begin, end): rows of dy · filterᵀ, added to where they came from. */
export function convolveInputGradient(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, dy: usize, filter: usize, dx: usize,
): void {
  if (servesMinimal(s)) {
    minimalInputGradient(begin, end, scratch, s, dy, filter, dx)
    return
  }
  const rows = scratch + MULTIPLY_SCRATCH
  const depth = s.depth,
    filters = s.filters,
    pixels = s.pixels
  for (let image: usize = begin; image < <usize>end; image++) {
    const output = dy + image * s.outputBytes
    const input = dx + image * s.imageBytes
    zeroRun(input, s.height * s.width * s.channels)
    for (let p0 = 0; p0 < pixels; p0 += PIXELS) {
      const count = min(PIXELS, pixels - p0)
      multiply(
        false, true, count, depth, filters, output + <usize>(p0 * filters) * FLOAT, filters, filter,
        filters, 0, 0, rows, depth, scratch,
      )
      scatter(s, rows, p0, count, input)
    }
  }
}

/**
 * A share of the filter's gradient, summed over all images in their order: dealing taps or channels, not images, to
 * threads keeps the order of every sum. Units: see `filterGradientUnits`.
 */
export function convolveFilterGradient(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, images: i32, x: usize, dy: usize,
  dfilter: usize,
): void {
  if (servesMinimal(s)) minimalFilterGradient(begin, end, scratch, s, images, x, dy, dfilter)
  else tapsGradient(begin, end, scratch, s, images, x, dy, dfilter)
}

/** The taps [begin, end) of kh · kw. */
function tapsGradient(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, images: i32, x: usize, dy: usize,
  dfilter: usize,
): void {
  const rows = rowsSeen(s),
    columns = columnsSeen(s)
  const whole = scratch + ZEROS_BYTES
  const image = whole + TILE_BYTES
  const lastPanel = image + seenBytes(s)
  const depth = <usize>s.filters * FLOAT
  const width = <usize>s.outWidth
  const linesTogether = max(1, PIXELS / s.outWidth)
  zeroRun(dfilter + <usize>(begin * s.channels) * depth, (end - begin) * s.channels * s.filters)
  for (let i: usize = 0; i < <usize>images; i++) {
    addMargin(s, x + i * s.imageBytes, 0, s.channels, rows, columns, image)
    for (let h = 0; h < s.outHeight; h += linesTogether) {
      const lines = min(linesTogether, s.outHeight - h)
      const slopes = dy + i * s.outputBytes + <usize>h * width * depth
      if (s.filters % COLUMNS != 0)
        packLastPanel(slopes, s.filters, s.filters, lines * s.outWidth, lastPanel)
      for (let tap = begin; tap < end; ) {
        // Neighbouring taps of one row of the filter see values that lie side by side.
        const r = tap / s.filterWidth,
          from = tap % s.filterWidth
        const taps = min(s.filterWidth - from, end - tap)
        addTaps(
          s, taps * s.channels, lines,
          image + <usize>(((h * s.strideHeight + r) * columns + from) * s.channels) * FLOAT,
          columns, slopes, lastPanel, dfilter + <usize>(tap * s.channels) * depth, whole,
        )
        tap += taps
      }
    }
  }
}

/** dfilter += what `values` neighbouring values, seen from `lines` lines of output pixels, contribute. */
function addTaps(
  s: ConvolutionShape, values: i32, lines: i32, image: usize, columns: i32, dy: usize,
  lastPanel: usize, dfilter: usize, whole: usize,
): void {
  const depth = <usize>s.filters * FLOAT
  const step = <usize>(s.strideWidth * s.channels) * FLOAT
  const jump = <usize>(s.strideHeight * columns * s.channels) * FLOAT - <usize>s.outWidth * step
  for (let j = 0; j < s.filters; j += COLUMNS) {
    const width = min(COLUMNS, s.filters - j)
    const slopes = width == COLUMNS ? dy + <usize>j * FLOAT : lastPanel
    const slopeStep = width == COLUMNS ? depth : ZEROS_BYTES
    for (let v = 0; v < values; v += tileHeight(values - v)) {
      const c = dfilter + <usize>v * depth + <usize>j * FLOAT
      tile(
        values - v, width, lines, s.outWidth, image + <usize>v * FLOAT, FLOAT, step, jump, slopes,
        slopeStep, c, depth, c, depth, whole,
      )
    }
  }
}

/** What all taps of all output pixels see, with the margin. */
@inline
function rowsSeen(s: ConvolutionShape): i32 {
  return (s.outHeight - 1) * s.strideHeight + s.filterHeight
}

@inline
function columnsSeen(s: ConvolutionShape): i32 {
  return (s.outWidth - 1) * s.strideWidth + s.filterWidth
}

/** An image with its margin, and what the last tile's rows beyond the edge would see behind it. */
function seenBytes(s: ConvolutionShape): usize {
  const image = marginBytes(rowsSeen(s), columnsSeen(s), s.channels)
  return image + <usize>(SHORT * s.strideWidth * s.channels) * FLOAT
}

/** Adds the rows of `count` output pixels from `p0` on, kh · kw · C values each, to the pixels that they see. */
function scatter(s: ConvolutionShape, rows: usize, p0: i32, count: i32, image: usize): void {
  const channels = s.channels,
    width = s.width,
    filterWidth = s.filterWidth
  for (let p = p0; p < p0 + count; p++) {
    const top = (p / s.outWidth) * s.strideHeight - s.top
    const left = (p % s.outWidth) * s.strideWidth - s.left
    for (let r = 0; r < s.filterHeight; r++) {
      const inside = min(max(0, -left), filterWidth)
      const outside =
        top + r < 0 || top + r >= s.height ? inside : max(min(filterWidth, width - left), inside)
      addRun(
        image + <usize>(((top + r) * width + left + inside) * channels) * FLOAT,
        rows + <usize>(inside * channels) * FLOAT,
        (outside - inside) * channels,
      )
      rows += <usize>(filterWidth * channels) * FLOAT
    }
  }
}
