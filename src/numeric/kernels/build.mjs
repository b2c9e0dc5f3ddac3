/**
 * Compiles the AssemblyScript kernels into `kernels.wasm`. The compiler is deterministic and the binary is committed; a
 * test compares them. Usage: build.mjs [directory]
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const here = fileURLToPath(new URL('.', import.meta.url))
const target = process.argv[2] ?? here

mkdirSync(target, { recursive: true })
// SIMD without its relaxed part: results are the same bits on every machine.
const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd']
const input = ['index.ts', '--baseDir', `${here}/assembly`]
const result = await asc.main([...input, ...options, '--outFile', `${target}/kernels.wasm`])
if (result.error !== null) {
  process.stderr.write(String(result.stderr))
  process.exit(1)
}
