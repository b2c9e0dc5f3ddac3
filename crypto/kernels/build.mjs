/**
 * Compiles the ring's arithmetic and writes it, as text, into ring-binary.ts: crypto/ reads no files. The compiler is
 * deterministic and the result is committed; a test compares them. Usage: build.mjs [target file]
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const here = fileURLToPath(new URL('.', import.meta.url))
const target = process.argv[2] ?? `${here}/ring-binary.ts`

let binary = new Uint8Array()
const { error, stderr } = await asc.main(
  [
    'index.ts',
    ...['--baseDir', `${here}/assembly`, '--outFile', 'ring.wasm'],
    ...['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd'],
    // A page that stays empty, and one for each of the host's five areas.
    ...['--initialMemory', '6', '--maximumMemory', '6'],
  ],
  {
    writeFile: (_, contents) => {
      binary = contents
    },
  },
)
if (error !== null) {
  process.stderr.write(String(stderr))
  process.exit(1)
}

const lines = Buffer.from(binary)
  .toString('base64url')
  .match(/.{1,90}/g)
writeFileSync(
  target,
  `/** Compiled from assembly/index.ts by \`npm run build:kernels\`; base64url. */
export const RING_BINARY: string = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('')
`,
)
