import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const committed = path.resolve('src/engine/tfjs/kernels')
const names = readdirSync(committed).filter((name) => name.endsWith('.wasm'))

/** Binaries for a private memory; those for a shared one have the same code. */
const PRIVATE = names.filter((name) => !name.includes('shared'))

/** Numbers of the section that names the memory, and of the one that would write into it, TensorFlow.js' own. */
const IMPORTS = 2
const DATA = 11

/** Milliseconds; it takes four seconds on an idle machine. */
const COMPILATION = 120_000

describe('kernel binaries', () => {
  const built = mkdtempSync(path.join(tmpdir(), 'starling-kernels-'))
  beforeAll(() => {
    execFileSync(process.execPath, [path.join(committed, 'build.mjs'), built, ...PRIVATE])
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

  it.each(PRIVATE)('%s is what its source compiles to', (name) => {
    const [found, expected] = [committed, built].map((folder) =>
      readFileSync(path.join(folder, name)),
    )
    expect(found!.equals(expected!), 'run `npm run build:kernels`').toBe(true)
  })

  it.each(PRIVATE)('%s has a twin that differs in the memory only', (name) => {
    const [own, twin] = [name, name.replace('.wasm', '-shared.wasm')].map((file) => {
      const found = sections(readFileSync(path.join(committed, file)))
      expect(found.delete(IMPORTS)).toBe(true)
      return found
    })
    expect(twin, 'run `npm run build:kernels`').toEqual(own)
  })

  it.each(PRIVATE)('%s holds no static data', (name) => {
    expect(sections(readFileSync(path.join(committed, name))).has(DATA)).toBe(false)
  })
})

/**
 * The sections of a module by their numbers: after eight bytes of header, each has a number, a LEB128 length and that
 * many bytes.
 */
function sections(binary: Buffer): Map<number, string> {
  const found = new Map<number, string>()
  for (let at = 8; at < binary.length; ) {
    const section = binary[at++]!
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    found.set(section, binary.toString('base64', at, at + length))
    at += length
  }
  return found
}
