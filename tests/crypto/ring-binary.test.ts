import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'

/** Milliseconds; it takes two seconds on an idle machine. */
const COMPILATION = 120_000

test(
  "the ring's binary is what its source compiles to",
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'starling-ring-'))
    const built = path.join(folder, 'ring-binary.ts')
    try {
      execFileSync(process.execPath, [path.resolve('crypto/kernels/build.mjs'), built])
      const committed = readFileSync('crypto/kernels/ring-binary.ts', 'utf8')
      expect(readFileSync(built, 'utf8') === committed, 'run `npm run build:kernels`').toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  COMPILATION,
)
