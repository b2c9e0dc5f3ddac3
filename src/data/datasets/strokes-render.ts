/** Drawing by distance: a pixel is as dark as its centre is near to the stroke. Anti-aliased, without a canvas. */

/** Segments as x₀, y₀, x₁, y₁ in pixels, the centre of the first pixel at (0, 0). */
export type Segments = readonly number[]

/** Straight pieces between two points of a curve. */
const PIECES = 4

/** Pixels over which a stroke's edge fades. */
const EDGE = 1

/**
 * Flattens a Catmull–Rom spline through `points` (x₀, y₀, x₁, y₁, …); its ends are doubled. A line keeps its points.
 */
export function flatten(kind: 'curve' | 'line', points: readonly number[]): number[] {
  const last = points.length / 2 - 1
  const segments: number[] = []
  for (let i = 0; i < last; i++) {
    let [x, y] = [points[2 * i]!, points[2 * i + 1]!]
    const pieces = kind === 'line' ? 1 : PIECES
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces
      const nextX = kind === 'line' ? points[2 * i + 2]! : spline(points, i, last, t, 0)
      const nextY = kind === 'line' ? points[2 * i + 3]! : spline(points, i, last, t, 1)
      segments.push(x, y, nextX, nextY)
      x = nextX
      y = nextY
    }
  }
  return segments
}

function spline(
  points: readonly number[],
  i: number,
  last: number,
  t: number,
  axis: 0 | 1,
): number {
  const at = (k: number) => points[2 * Math.min(Math.max(k, 0), last) + axis]!
  const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
}

/**
 * Adds strokes of `width` pixels and darkness `ink` (0 … 255) to `canvas` (side × side). Where strokes cross, the
 * darker one shows.
 */
export function draw(
  canvas: Float64Array,
  side: number,
  segments: Segments,
  { width, ink }: { readonly width: number; readonly ink: number },
): void {
  const reach = width / 2 + EDGE / 2
  for (let s = 0; s < segments.length; s += 4) {
    const [x0, y0, x1, y1] = [segments[s]!, segments[s + 1]!, segments[s + 2]!, segments[s + 3]!]
    const [dx, dy] = [x1 - x0, y1 - y0]
    const lengthSquared = dx * dx + dy * dy || 1
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach))
    const bottom = Math.min(side - 1, Math.floor(Math.max(y0, y1) + reach))
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach))
    const right = Math.min(side - 1, Math.floor(Math.max(x0, x1) + reach))
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = ((x - x0) * dx + (y - y0) * dy) / lengthSquared
        const t = Math.max(0, Math.min(1, along))
        const [ex, ey] = [x - x0 - t * dx, y - y0 - t * dy]
        const cover = (reach - Math.sqrt(ex * ex + ey * ey)) / EDGE
        if (cover <= 0) continue
        const value = ink * Math.min(cover, 1)
        if (value > canvas[y * side + x]!) canvas[y * side + x] = value
      }
    }
  }
}
