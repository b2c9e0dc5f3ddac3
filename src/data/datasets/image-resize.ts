import type { Picture } from './image-decoder.ts'

/**
 * The picture at another size: every new pixel is the mean of the area it covers in the old one, old pixels counted
 * by the part of them inside. Shrinking therefore uses every old pixel equally; enlarging repeats them.
 */
export function resizeByArea(picture: Picture, width: number, height: number): Uint8Array {
  const { channels, data } = picture
  const columns = covers(picture.width, width)
  const rows = covers(picture.height, height)
  const result = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0
        for (const row of rows[y]!) {
          for (const column of columns[x]!) {
            const value = data[(row.at * picture.width + column.at) * channels + channel]!
            sum += value * row.share * column.share
          }
        }
        result[(y * width + x) * channels + channel] = Math.round(sum)
      }
    }
  }
  return result
}

/** For each of `to` new cells: the old cells under it and the share of the new one that each covers. */
function covers(from: number, to: number): { at: number; share: number }[][] {
  const scale = from / to
  return Array.from({ length: to }, (_, cell) => {
    const [start, end] = [cell * scale, (cell + 1) * scale]
    const under = []
    for (let at = Math.floor(start); at < Math.min(from, Math.ceil(end)); at++) {
      const share = (Math.min(end, at + 1) - Math.max(start, at)) / scale
      if (share > 0) under.push({ at, share })
    }
    return under
  })
}
