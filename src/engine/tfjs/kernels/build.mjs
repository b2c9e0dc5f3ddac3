/**
 * Compiles the AssemblyScript kernels into their four binaries: plain or relaxed SIMD, on private or shared memory.
 * The compiler is deterministic and the binaries are committed; a test compares them.
 * Usage: build.mjs [directory [binary ...]]
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const here = fileURLToPath(new URL('.', import.meta.url))
const [target = here, ...chosen] = process.argv.slice(2)

const SIMD = ['--enable', 'simd']
const RELAXED = ['--enable', 'relaxed-simd']
// Memories grow to 4 GiB; a shared one has to say so.
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536']

const BINARIES = {
  'plain.wasm': [...SIMD],
  'plain-shared.wasm': [...SIMD, ...SHARED],
  'relaxed.wasm': [...SIMD, ...RELAXED],
  'relaxed-shared.wasm': [...SIMD, ...RELAXED, ...SHARED],
}

mkdirSync(target, { recursive: true })
for (const [name, features] of Object.entries(BINARIES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const output = ['--outFile', `${target}/${name}`]
  const options = [
    '-O3',
    '--runtime',
    'stub',
    '--noAssert',
    '--importMemory',
    '--initialMemory',
    '1',
  ]
  const result = await asc.main([
    'index.ts',
    '--baseDir',
    `${here}/assembly`,
    ...options,
    ...features,
    ...output,
  ])
  if (result.error !== null) {
    process.stderr.write(String(result.stderr))
    process.exit(1)
  }
}
