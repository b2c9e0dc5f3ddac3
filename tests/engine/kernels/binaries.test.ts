import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const committed = path.resolve('src/engine/tfjs/kernels')
const names = readdirSync(committed).filter((name) => name.endsWith('.wasm'))

/** Number of the section that would write into a memory that belongs to TensorFlow.js. */
const DATA_SECTION = 11

/** Milliseconds; it takes five seconds on an idle machine. */
const COMPILATION = 120_000

describe('kernel binaries', () => {
  const built = mkdtempSync(path.join(tmpdir(), 'starling-kernels-'))
  beforeAll(() => {
    execFileSync(process.execPath, [path.join(committed, 'build.mjs'), built])
  }, COMPILATION)
  afterAll(() => rmSync(built, { recursive: true }))

  it('are four', () => {
    expect(names).toEqual([
      'plain-shared.wasm',
      'plain.wasm',
      'relaxed-shared.wasm',
      'relaxed.wasm',
    ])
  })

  it.each(names)('%s is what its source compiles to', (name) => {
    const [found, expected] = [committed, built].map((folder) =>
      readFileSync(path.join(folder, name)),
    )
    expect(found!.equals(expected!), 'run `npm run build:kernels`').toBe(true)
  })

  it.each(names)('%s holds no static data', (name) => {
    expect(sections(readFileSync(path.join(committed, name)))).not.toContain(DATA_SECTION)
  })
})

/** The sections of a module: after eight bytes of header, each has a number, a LEB128 length and that many bytes. */
function sections(binary: Uint8Array): number[] {
  const found: number[] = []
  for (let at = 8; at < binary.length; ) {
    found.push(binary[at++]!)
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    at += length
  }
  return found
}
