/** The committed binaries, and which of them this machine can run. */
import { readFileSync } from 'node:fs'

export interface Binary {
  readonly module: WebAssembly.Module
  /** For the description of the device. */
  readonly instructions: 'relaxed SIMD' | 'SIMD'
}

/** Node 22 and later accept relaxed SIMD, whose fused multiply-add is a third faster; others get plain SIMD. */
export function compileKernels(
  memory: 'private' | 'shared',
  accepts: (bytes: Uint8Array<ArrayBuffer>) => boolean = WebAssembly.validate,
): Binary {
  const suffix = memory === 'shared' ? '-shared' : ''
  const relaxed = read(`relaxed${suffix}.wasm`)
  if (accepts(relaxed))
    return { module: new WebAssembly.Module(relaxed), instructions: 'relaxed SIMD' }
  return { module: new WebAssembly.Module(read(`plain${suffix}.wasm`)), instructions: 'SIMD' }
}

function read(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, import.meta.url)))
}
