/**
 * Two-dimensional convolution and its gradients as matrix products, dilation 1, images as H × W × C, filters as
 * kh × kw × C × O. A block of output pixels is unrolled into rows of kh · kw · C inputs ("im2col") and multiplied by
 * the filter; the gradients use the same rows transposed, or scatter them back.
 */
import { addRun, copyRun, FLOAT, zeroRun } from './lanes'
import { multiply, MULTIPLY_SCRATCH } from './gemm'

/** Pixels unrolled at a time: their rows stay in the second-level cache. */
const PIXELS: i32 = 128

/** Twelve 32-bit integers, written by the caller. */
@unmanaged
export class ConvolutionShape {
  height: i32
  width: i32
  channels: i32
  filterHeight: i32
  filterWidth: i32
  filters: i32
  top: i32
  left: i32
  strideHeight: i32
  strideWidth: i32
  outHeight: i32
  outWidth: i32

  @inline get taps(): i32 {
    return this.filterHeight * this.filterWidth
  }
  @inline get depth(): i32 {
    return this.taps * this.channels
  }
  @inline get pixels(): i32 {
    return this.outHeight * this.outWidth
  }
  @inline get imageBytes(): usize {
    return <usize>(this.height * this.width * this.channels) * FLOAT
  }
  @inline get outputBytes(): usize {
    return <usize>(this.pixels * this.filters) * FLOAT
  }
}

export function convolutionScratchBytes(shape: ConvolutionShape): usize {
  return MULTIPLY_SCRATCH + <usize>(PIXELS * shape.depth) * FLOAT
}

/** Output images [begin, end): y = x ∗ filter + bias. */
export function convolve(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, x: usize, filter: usize, bias: usize,
  y: usize,
): void {
  const rows = scratch + MULTIPLY_SCRATCH
  const depth = s.depth,
    filters = s.filters,
    pixels = s.pixels
  for (let image: usize = begin; image < <usize>end; image++) {
    const input = x + image * s.imageBytes
    const output = y + image * s.outputBytes
    for (let p0 = 0; p0 < pixels; p0 += PIXELS) {
      const count = min(PIXELS, pixels - p0)
      unroll(s, input, p0, count, 0, s.taps, rows)
      multiply(
        false, false, count, filters, depth, rows, depth, filter, filters, bias, 0,
        output + <usize>(p0 * filters) * FLOAT, filters, scratch,
      )
    }
  }
}

/** Input gradients of images [begin, end): rows of dy · filterᵀ, added to where they came from. */
export function convolveInputGradient(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, dy: usize, filter: usize, dx: usize,
): void {
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
 * Rows of the filter's gradient that belong to the taps [begin, end) of kh · kw, summed over all images in their
 * order: dealing taps, not images, to threads keeps the order of every sum.
 */
export function convolveFilterGradient(
  begin: i32, end: i32, scratch: usize, s: ConvolutionShape, images: i32, x: usize, dy: usize,
  dfilter: usize,
): void {
  const rows = scratch + MULTIPLY_SCRATCH
  const filters = s.filters,
    pixels = s.pixels
  const depth = (end - begin) * s.channels
  const target = dfilter + <usize>(begin * s.channels * filters) * FLOAT
  let start: usize = 0
  for (let image: usize = 0; image < <usize>images; image++)
    for (let p0 = 0; p0 < pixels; p0 += PIXELS) {
      const count = min(PIXELS, pixels - p0)
      unroll(s, x + image * s.imageBytes, p0, count, begin, end, rows)
      multiply(
        true, false, depth, filters, count, rows, depth,
        dy + image * s.outputBytes + <usize>(p0 * filters) * FLOAT, filters, start, filters, target,
        filters, scratch,
      )
      start = target
    }
}

/** The inputs that `count` output pixels from `p0` on see through the taps [firstTap, endTap), a row a pixel. */
function unroll(
  s: ConvolutionShape, image: usize, p0: i32, count: i32, firstTap: i32, endTap: i32, rows: usize,
): void {
  const channels = s.channels,
    width = s.width,
    filterWidth = s.filterWidth
  const firstRow = firstTap / filterWidth,
    lastRow = (endTap - 1) / filterWidth
  for (let p = p0; p < p0 + count; p++) {
    const top = (p / s.outWidth) * s.strideHeight - s.top
    const left = (p % s.outWidth) * s.strideWidth - s.left
    for (let r = firstRow; r <= lastRow; r++) {
      const from = r == firstRow ? firstTap - r * filterWidth : 0
      const to = r == lastRow ? endTap - r * filterWidth : filterWidth
      // Taps [inside, outside) of this row of the filter lie within the image.
      const inside = min(max(from, -left), to)
      const outside =
        top + r < 0 || top + r >= s.height ? inside : max(min(to, width - left), inside)
      zeroRun(rows, (inside - from) * channels)
      copyRun(
        rows + <usize>((inside - from) * channels) * FLOAT,
        image + <usize>(((top + r) * width + left + inside) * channels) * FLOAT,
        (outside - inside) * channels,
      )
      zeroRun(rows + <usize>((outside - from) * channels) * FLOAT, (to - outside) * channels)
      rows += <usize>((to - from) * channels) * FLOAT
    }
  }
}

/** The reverse of `unroll` over all taps: adds every value to the pixel it was read from. */
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
