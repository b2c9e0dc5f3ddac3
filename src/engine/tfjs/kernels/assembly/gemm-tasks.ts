/** Matrix products as work for several threads: shares of rows, of columns, or of a batch of products. */
import { multiply } from './gemm'
import { FLOAT } from './lanes'

/** Rows or columns of one product in a unit of work. */
export const PRODUCT_UNIT: i32 = 24

/** Rows [24·begin, 24·end) of one product. */
export function multiplyRows(
  begin: i32, end: i32, scratch: usize, ta: bool, tb: bool, m: i32, n: i32, k: i32, a: usize,
  lda: i32, b: usize, ldb: i32, start: usize, startRow: i32, c: usize, ldc: i32,
): void {
  const first = begin * PRODUCT_UNIT
  const rows = min(m, end * PRODUCT_UNIT) - first
  const shift = start == 0 ? 0 : <usize>first * startRow * FLOAT
  multiply(
    ta, tb, rows, n, k, a + (ta ? <usize>first : <usize>first * lda) * FLOAT, lda, b, ldb,
    start + shift, startRow, c + <usize>first * ldc * FLOAT, ldc, scratch,
  )
}

/** Columns [24·begin, 24·end) of one product. */
export function multiplyColumns(
  begin: i32, end: i32, scratch: usize, ta: bool, tb: bool, m: i32, n: i32, k: i32, a: usize,
  lda: i32, b: usize, ldb: i32, start: usize, startRow: i32, c: usize, ldc: i32,
): void {
  const first = begin * PRODUCT_UNIT
  const columns = min(n, end * PRODUCT_UNIT) - first
  const shift = start == 0 ? 0 : <usize>first * FLOAT
  multiply(
    ta, tb, m, columns, k, a, lda, b + (tb ? <usize>first * ldb : <usize>first) * FLOAT, ldb,
    start + shift, startRow, c + <usize>first * FLOAT, ldc, scratch,
  )
}

/**
 * Products [begin, end) of a batch of gapless matrices; the steps are bytes from one product to the next (0: the
 * same matrix for all). `start` is 0 or a row of n values for each product.
 */
export function multiplyBatch(
  begin: i32, end: i32, scratch: usize, ta: bool, tb: bool, m: i32, n: i32, k: i32, a: usize,
  aStep: usize, b: usize, bStep: usize, start: usize, startStep: usize, c: usize,
): void {
  const cStep = <usize>(m * n) * FLOAT
  for (let i: usize = begin; i < <usize>end; i++)
    multiply(
      ta, tb, m, n, k, a + i * aStep, ta ? m : k, b + i * bStep, tb ? k : n,
      start == 0 ? 0 : start + i * startStep, 0, c + i * cStep, n, scratch,
    )
}
