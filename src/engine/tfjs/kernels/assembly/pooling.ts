/** Maximum over square windows of `size` × `size` that do not overlap; incomplete windows at the edge are left out. */
import { FLOAT, lanesLeft, loadLanes, storeLanes, zeroRun } from './lanes'

/** Images [begin, end). */
export function maxPool(
  begin: i32, end: i32, scratch: usize, height: i32, width: i32, channels: i32, size: i32, x: usize,
  y: usize,
): void {
  if (channels % 4 == 0) pool<v128>(begin, end, height, width, channels, size, x, y)
  else pool<f32>(begin, end, height, width, channels, size, x, y)
}

function pool<Lanes>(
  begin: i32, end: i32, height: i32, width: i32, channels: i32, size: i32, x: usize, y: usize,
): void {
  const pixel = <usize>channels * FLOAT,
    row = <usize>width * pixel
  const outHeight = height / size,
    outWidth = width / size
  y += <usize>begin * outHeight * outWidth * pixel
  for (let image = begin; image < end; image++)
    for (let h = 0; h < outHeight; h++)
      for (let w = 0; w < outWidth; w++, y += pixel) {
        const corner = x + <usize>(image * height + h * size) * row + <usize>(w * size) * pixel
        for (let c = 0; c < channels; c += 4) {
          const left = lanesLeft<Lanes>(channels - c)
          const at = corner + <usize>c * FLOAT
          let highest = loadLanes(at, left)
          for (let i = 0; i < size; i++)
            for (let j = 0; j < size; j++)
              highest = f32x4.max(highest, loadLanes(at + <usize>i * row + <usize>j * pixel, left))
          storeLanes(y + <usize>c * FLOAT, highest, left)
        }
      }
}

/** Images [begin, end): the first maximum of a window, row by row, takes its gradient. */
export function maxPoolGradient(
  begin: i32, end: i32, scratch: usize, height: i32, width: i32, channels: i32, size: i32,
  dy: usize, x: usize, y: usize, dx: usize,
): void {
  if (channels % 4 == 0) unpool<v128>(begin, end, height, width, channels, size, dy, x, y, dx)
  else unpool<f32>(begin, end, height, width, channels, size, dy, x, y, dx)
}

function unpool<Lanes>(
  begin: i32, end: i32, height: i32, width: i32, channels: i32, size: i32, dy: usize, x: usize,
  y: usize, dx: usize,
): void {
  const pixel = <usize>channels * FLOAT,
    row = <usize>width * pixel
  const outHeight = height / size,
    outWidth = width / size
  const skipped = <usize>begin * outHeight * outWidth * pixel
  y += skipped
  dy += skipped
  if (height % size != 0 || width % size != 0)
    zeroRun(dx + <usize>(begin * height) * row, (end - begin) * height * width * channels)
  for (let image = begin; image < end; image++)
    for (let h = 0; h < outHeight; h++)
      for (let w = 0; w < outWidth; w++, y += pixel, dy += pixel) {
        const corner = <usize>(image * height + h * size) * row + <usize>(w * size) * pixel
        for (let c = 0; c < channels; c += 4) {
          const left = lanesLeft<Lanes>(channels - c)
          const channel = <usize>c * FLOAT
          const highest = loadLanes(y + channel, left),
            gradient = loadLanes(dy + channel, left)
          let free = i32x4.splat(-1)
          for (let i = 0; i < size; i++)
            for (let j = 0; j < size; j++) {
              const at = corner + channel + <usize>i * row + <usize>j * pixel
              const first = v128.and(free, f32x4.eq(loadLanes(x + at, left), highest))
              storeLanes(dx + at, v128.and(gradient, first), left)
              free = v128.andnot(free, first)
            }
        }
      }
}
