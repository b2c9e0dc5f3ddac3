/** The layers of ARCHITECTURE.md as data. A new room gets a line here; an exception gets a reason. */

/** Which rooms a room may import. Every room may also import itself. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  crypto: [],

  'src/runtime': [],
  'src/numeric': ['src/runtime'],
  'src/model': ['src/runtime', 'src/numeric'],
  'src/data': ['src/runtime', 'src/numeric', 'src/model'],
  'src/topology': ['src/runtime', 'src/numeric'],
  'src/sharing': ['crypto', 'src/runtime', 'src/numeric', 'src/model'],
  'src/engine': ['src/runtime', 'src/numeric', 'src/model', 'src/data'],
  'src/learning': [
    'crypto',
    'src/runtime',
    'src/numeric',
    'src/model',
    'src/data',
    'src/topology',
    'src/sharing',
    'src/engine',
  ],
  'src/emulation': [
    'crypto',
    'src/runtime',
    'src/numeric',
    'src/model',
    'src/data',
    'src/topology',
    'src/sharing',
    'src/engine',
    'src/learning',
  ],
  'src/comparison': ['src/runtime', 'src/sharing', 'src/learning'],
  'src/reporting': ['src/runtime', 'src/numeric', 'src/topology', 'src/learning', 'src/comparison'],

  'daemon/config': ['src/*'],
  'daemon/crypto': ['crypto'],
  'daemon/store': ['crypto', 'src/*'],
  'daemon/data': ['src/*'],
  'daemon/api': ['src/*'],
  'daemon/network': ['crypto', 'src/*'],
  'daemon/services': [
    'crypto',
    'src/*',
    'daemon/api',
    'daemon/crypto',
    'daemon/data',
    'daemon/network',
    'daemon/store',
  ],
  'daemon/doctor': ['src/*', 'daemon/api', 'daemon/config', 'daemon/data', 'daemon/store'],
  // The files directly in daemon/: the composition root and what programs need before any room is built.
  daemon: [
    'crypto',
    'src/*',
    'daemon/api',
    'daemon/config',
    'daemon/data',
    'daemon/network',
    'daemon/services',
    'daemon/store',
  ],
  'daemon/demo': [
    'crypto',
    'src/*',
    'daemon',
    'daemon/api',
    'daemon/config',
    'daemon/data',
    'daemon/store',
  ],
  'daemon/cli': ['crypto', 'src/*', 'daemon', 'daemon/*'],
}

/** Imports that the table does not allow, with the reason why they stand. */
export const LAYER_EXCEPTIONS: Readonly<Record<string, string>> = {
  'daemon/main.ts → daemon/cli/main.ts': 'the program hands its arguments to the command line',
}

/** Files other than index.ts and interface.ts that any room may import: the contracts, and small pure functions. */
export const PUBLIC_FILES: readonly RegExp[] = [
  /^src\/(runtime|numeric)\/[^/]+\.ts$/,
  /^src\/model\/(parameters|spec|safetensors)\.ts$/,
  /^src\/reporting\/format\.ts$/,
  /^src\/learning\/(describe-issue|job|nearest|run-result)\.ts$/,
  /^daemon\/[^/]+\.ts$/,
  /^daemon\/cli\/main\.ts$/,
]

/** Packages and the only places that may import them. */
export const VENDORS: readonly { readonly package: RegExp; readonly only: RegExp }[] = [
  { package: /^@tensorflow\//, only: /^src\/engine\/tfjs\// },
  { package: /^koffi$/, only: /^src\/engine\// },
  { package: /^libp2p$|^@libp2p\/|^@chainsafe\/|^@multiformats\//, only: /^daemon\/network\// },
  { package: /^@noble\//, only: /^crypto\// },
  { package: /^hono|^@hono\//, only: /^daemon\/api\// },
  { package: /^commander$/, only: /^daemon\/cli\// },
]

/** The machine's modules belong to the daemon. Below it, only these files may import these. */
export const NODE_MODULES: Readonly<Record<string, { modules: readonly string[]; why: string }>> = {
  'src/numeric/kernels.ts': {
    modules: ['fs'],
    why: 'reads its WebAssembly, which lies beside it',
  },
  'src/sharing/values/zstd.ts': { modules: ['zlib'], why: 'zstd is part of it' },
  'src/engine/worker.ts': { modules: ['worker_threads'], why: 'is the engine worker' },
  'src/engine/pool.ts': { modules: ['worker_threads'], why: 'starts the engine workers' },
  'src/engine/tfjs/kernels/compute-thread.ts': {
    modules: ['worker_threads'],
    why: 'is a thread of the kernels',
  },
  'src/engine/tfjs/kernels/thread-pool.ts': {
    modules: ['worker_threads', 'events'],
    why: "starts the kernels' threads",
  },
  'src/engine/tfjs/kernels/binaries.ts': {
    modules: ['fs'],
    why: "reads the kernels' own WebAssembly, which lies beside it",
  },
  'src/engine/tfjs/backends/wasm-module.ts': {
    modules: ['module', 'path', 'url'],
    why: "finds the backend's WebAssembly in its package",
  },
  'src/engine/tfjs/backends/tensorflow.ts': {
    modules: ['module'],
    why: 'loads a native package that may not be installed',
  },
}

/** Clocks, chance, the terminal and the process come in as arguments everywhere below the daemon. */
export const FORBIDDEN_GLOBALS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /\bDate\.now\b|\bnew Date\(\s*\)/, name: 'the wall clock' },
  { pattern: /\bperformance\.(now|timeOrigin)\b/, name: 'the monotonic clock' },
  { pattern: /\b(setTimeout|setInterval|setImmediate)\b/, name: 'a timer' },
  { pattern: /\bMath\.random\b/, name: 'Math.random' },
  { pattern: /\b(getRandomValues|randomUUID|randomBytes)\b/, name: 'system randomness' },
  { pattern: /\bconsole\.\w/, name: 'the console' },
  { pattern: /\bprocess\.\w/, name: 'the process' },
  { pattern: /\b(fetch|WebSocket|XMLHttpRequest)\(/, name: 'the network' },
]

/** File and global, with the reason. */
export const GLOBAL_EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/engine/tfjs/backends/self-test.ts: the monotonic clock':
    'measures how fast the backend is, which no result depends on',
  'src/engine/tfjs/backends/wasm-module.ts: the process':
    "takes back the process-wide handlers that the backend's loader installs",
}
