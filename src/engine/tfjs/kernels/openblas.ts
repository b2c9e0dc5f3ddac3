/** OpenBLAS of the system through the foreign function interface, on the kernels' own memory: nothing is copied. */
import { BackendUnavailableError } from '../backends/backend.ts'
import type { Sgemm } from './kernels.ts'

const LIBRARIES = ['libopenblas.so.0', 'libopenblas.so', 'libopenblas.dylib', 'libopenblas.dll']

/** Constants of the C interface, cblas.h. */
const ROW_MAJOR = 101
const NOT_TRANSPOSED = 111
const TRANSPOSED = 112

/**
 * Finds OpenBLAS and returns what links it to a memory; undefined where there is none and it is not `required`.
 * @throws BackendUnavailableError when it is required and koffi or the library is missing.
 */
export async function findOpenBlas(
  required: boolean,
  threads: number,
): Promise<((memory: WebAssembly.Memory) => Sgemm) | undefined> {
  try {
    const koffi = (await import('koffi')).default
    const library = loadFirst(koffi)
    library.func('void openblas_set_num_threads(int)')(threads)
    return (memory) => link(koffi, library, memory)
  } catch (error) {
    if (!required) return undefined
    const reason = (error as Error).message.split('\n')[0]
    throw new BackendUnavailableError(`OpenBLAS cannot be used: ${reason}`, { cause: error })
  }
}

type Koffi = Awaited<typeof import('koffi')>['default']
type Library = ReturnType<Koffi['load']>

function link(koffi: Koffi, library: Library, memory: WebAssembly.Memory): Sgemm {
  // Pointers are declared as integers: an address in the memory is its base plus an offset.
  const sgemm = library.func(
    'void cblas_sgemm(int, int, int, int, int, int, float, uintptr_t, int, uintptr_t, int, float, uintptr_t, int)',
  )
  let buffer: ArrayBufferLike | undefined
  let base = 0
  return (ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc) => {
    if (memory.buffer !== buffer) {
      buffer = memory.buffer
      base = Number(koffi.address(new Uint8Array(buffer)))
    }
    const opA = ta ? TRANSPOSED : NOT_TRANSPOSED
    const opB = tb ? TRANSPOSED : NOT_TRANSPOSED
    const [atA, atB, atC] = [base + (a >>> 0), base + (b >>> 0), base + (c >>> 0)]
    sgemm(ROW_MAJOR, opA, opB, m, n, k, 1, atA, lda, atB, ldb, beta, atC, ldc)
  }
}

function loadFirst(koffi: Koffi): Library {
  for (const name of LIBRARIES)
    try {
      return koffi.load(name)
    } catch {
      // The next name, of another system or version.
    }
  throw new Error(`no OpenBLAS found (${LIBRARIES.join(', ')}): install it, or set blas to off`)
}
