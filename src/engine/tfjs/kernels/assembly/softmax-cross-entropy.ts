/** Mean cross-entropy of softmax(logits) against class labels, and its slope, for several nodes at once. */
import { exponential, logarithm } from './exponential'
import { FLOAT, laneMask, loadLanes, storeLanes, sumOfLanes } from './lanes'

/**
 * Nodes [begin, end), each `rows` × `classes`: losses[node] = mean over the rows of −log softmax(logits)[label],
 * slopes = (softmax(logits) − onehot(label)) / rows. A label out of range makes the loss NaN.
 */
export function softmaxCrossEntropy(
  begin: i32, end: i32, scratch: usize, rows: i32, classes: i32, logits: usize, labels: usize,
  losses: usize, slopes: usize,
): void {
  const row = <usize>classes * FLOAT
  const share: f32 = 1 / <f32>rows
  for (let node = begin; node < end; node++) {
    let total: f64 = 0
    for (let r: usize = node * rows; r < <usize>((node + 1) * rows); r++) {
      const label = load<i32>(labels + r * FLOAT)
      const known = label >= 0 && label < classes
      total += rowLoss(classes, known ? label : 0, share, logits + r * row, slopes + r * row)
      if (!known) total = NaN
    }
    store<f32>(losses + <usize>node * FLOAT, <f32>(total / rows))
  }
}

@inline
function rowLoss(classes: i32, label: i32, share: f32, logits: usize, slopes: usize): f64 {
  let highest = load<f32>(logits)
  for (let c = 1; c < classes; c++) highest = max(highest, load<f32>(logits + <usize>c * FLOAT))
  const tops = f32x4.splat(highest)
  let sums = f32x4.splat(0)
  for (let c = 0; c < classes; c += 4) {
    const at = <usize>c * FLOAT
    const power = v128.and(
      exponential(f32x4.sub(loadLanes(logits + at, classes - c), tops)),
      laneMask(classes - c),
    )
    sums = f32x4.add(sums, power)
    storeLanes(slopes + at, power, classes - c)
  }
  const sum = sumOfLanes(sums)
  const shares = f32x4.splat(share / sum)
  for (let c = 0; c < classes; c += 4) {
    const at = <usize>c * FLOAT
    storeLanes(slopes + at, f32x4.mul(loadLanes(slopes + at, classes - c), shares), classes - c)
  }
  const mine = slopes + <usize>label * FLOAT
  store<f32>(mine, load<f32>(mine) - share)
  return <f64>logarithm(sum) - <f64>(load<f32>(logits + <usize>label * FLOAT) - highest)
}

/** to = slopes · (dtotal + dlosses[node]), for nodes [begin, end) of `size` values. */
export function scaleSlopes(
  begin: i32, end: i32, scratch: usize, size: i32, dtotal: usize, dlosses: usize, slopes: usize,
  to: usize,
): void {
  for (let node = begin; node < end; node++) {
    const factor = f32x4.splat(load<f32>(dtotal) + load<f32>(dlosses + <usize>node * FLOAT))
    const first = <usize>(node * size) * FLOAT
    for (let i = 0; i < size; i += 4) {
      const at = first + <usize>i * FLOAT
      storeLanes(to + at, f32x4.mul(loadLanes(slopes + at, size - i), factor), size - i)
    }
  }
}
