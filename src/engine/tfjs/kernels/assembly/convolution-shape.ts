/** The sides of a convolution, and images with a margin of zeros around them. */
import { copyRun, FLOAT, zeroRun } from './lanes'

/** Twelve 32-bit integers, written by the caller. Images are H × W × C, filters kh × kw × C × O; dilation is 1. */
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

/** `SHAPE_BYTES` hold a shape; what follows stays aligned to vectors. */
export const SHAPE_BYTES: usize = 48

/** What `addMargin` writes. */
export function marginBytes(rows: i32, columns: i32, channels: i32): usize {
  return <usize>(rows * columns * channels) * FLOAT
}

/**
 * Copies channels [first, first + count) of an image to `rows` × `columns` × count at `to`, where the image's corner
 * comes to lie at (top, left) and zeros surround it.
 */
export function addMargin(
  s: ConvolutionShape, image: usize, first: i32, count: i32, rows: i32, columns: i32, to: usize,
): void {
  const pixel = <usize>s.channels * FLOAT
  const left = min(s.left, columns)
  const inside = max(0, min(s.width, columns - left))
  for (let r = 0; r < rows; r++) {
    const h = r - s.top
    if (h < 0 || h >= s.height) {
      zeroRun(to, columns * count)
      to += <usize>(columns * count) * FLOAT
      continue
    }
    zeroRun(to, left * count)
    to += <usize>(left * count) * FLOAT
    let from = image + <usize>(h * s.width) * pixel + <usize>first * FLOAT
    if (s.channels == count) copyRun(to, from, inside * count)
    else
      for (let w: usize = 0; w < <usize>inside; w++, from += pixel)
        copyRun(to + w * count * FLOAT, from, count)
    to += <usize>(inside * count) * FLOAT
    zeroRun(to, (columns - left - inside) * count)
    to += <usize>((columns - left - inside) * count) * FLOAT
  }
}
