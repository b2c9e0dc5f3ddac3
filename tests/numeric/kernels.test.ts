import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { copyIn, floatsAt, inScratch, kernels, reserve } from '../../src/numeric/kernels.ts'

const folder = path.resolve('src/numeric/kernels')

/** Milliseconds; it takes two seconds on an idle machine. */
const COMPILATION = 60_000

test(
  'the binary is what its source compiles to',
  () => {
    const built = mkdtempSync(path.join(tmpdir(), 'starling-kernels-'))
    try {
      execFileSync(process.execPath, [path.join(folder, 'build.mjs'), built])
      const [found, expected] = [folder, built].map((where) =>
        readFileSync(path.join(where, 'kernels.wasm')),
      )
      expect(found!.equals(expected!), 'run `npm run build:kernels`').toBe(true)
    } finally {
      rmSync(built, { recursive: true })
    }
  },
  COMPILATION,
)

test('what is reserved inside is free again outside, also after an error', () => {
  inScratch(() => {
    const outside = reserve(100)
    const inside = inScratch(() => reserve(1000))
    expect(inside).toBeGreaterThanOrEqual(outside + 100)
    expect(() =>
      inScratch(() => {
        reserve(5000)
        throw new Error('broken')
      }),
    ).toThrow('broken')
    expect(reserve(10)).toBe(inside)
  })
})

test('values stay where they are when the memory grows', () => {
  inScratch(() => {
    const values = copyIn(Float32Array.of(1, 2, 3))
    const before = kernels.memory.buffer.byteLength
    reserve(before)
    expect(kernels.memory.buffer.byteLength).toBeGreaterThan(before)
    expect([...floatsAt(values, 3)]).toEqual([1, 2, 3])
  })
})
