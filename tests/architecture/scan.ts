import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  FORBIDDEN_GLOBALS,
  GLOBAL_EXCEPTIONS,
  LAYER_EXCEPTIONS,
  LAYERS,
  NODE_MODULES,
  PUBLIC_FILES,
  VENDORS,
} from './rules.ts'

/** Source text by path from the root of the repository. */
export type Sources = ReadonlyMap<string, string>

/** One import of one file. `target` is a path for our own files, else the name of a package. */
export interface Import {
  readonly from: string
  readonly target: string
  readonly own: boolean
  /** `import type`: erased before the program runs. */
  readonly typeOnly: boolean
}

const FLOORS = ['crypto', 'src', 'daemon']

/** All TypeScript files of the three floors. AssemblyScript has a language and rules of its own. */
export function readSources(root: string): Sources {
  return new Map(
    FLOORS.flatMap((floor) =>
      readdirSync(path.join(root, floor), { recursive: true, encoding: 'utf8' })
        .map((name) => `${floor}/${name.replaceAll(path.sep, '/')}`)
        .filter((file) => file.endsWith('.ts') && !file.includes('/kernels/assembly/'))
        .map((file) => [file, readFileSync(path.join(root, file), 'utf8')] as const),
    ),
  )
}

/** Static, re-exporting, dynamic and type imports, and files named for workers. */
const IMPORT =
  /(?:^|\n)[ \t]*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)[ \t]*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|\bnew URL\(\s*['"](\.[^'"]+\.ts)['"]\s*,\s*import\.meta\.url/g

export function importsOf(sources: Sources): Import[] {
  return [...sources].flatMap(([from, text]) =>
    Array.from(text.matchAll(IMPORT), (match) => {
      const name = match.slice(1).find((group) => group !== undefined)!
      const own = name.startsWith('.')
      const typeOnly = /^\s*(import|export)\s+type\b/.test(match[0])
      return {
        from,
        own,
        typeOnly,
        target: own ? path.posix.join(path.posix.dirname(from), name) : name,
      }
    }),
  )
}

/** Every breach of the rules, in words; empty when the house is in order. */
export function violations(sources: Sources): string[] {
  const imports = importsOf(sources)
  const own = imports.filter((entry) => entry.own)
  return [
    ...own.flatMap(layerBreach),
    ...own.flatMap(frontDoorBreach),
    ...own.flatMap(protocolBreach),
    ...imports.filter((entry) => !entry.own).flatMap(vendorBreach),
    ...[...sources].flatMap(([file, text]) => globalBreaches(file, text)),
    ...cycles(own.filter(({ typeOnly }) => !typeOnly)),
  ]
}

/** `src/model`, `daemon/cli`; `crypto` and `daemon` for files directly on those floors. */
export function roomOf(file: string): string {
  const parts = file.split('/')
  if (parts[0] === 'crypto') return 'crypto'
  return parts.length > 2 ? `${parts[0]}/${parts[1]}` : parts[0]!
}

function layerBreach({ from, target }: Import): string[] {
  const [room, other] = [roomOf(from), roomOf(target)]
  if (room === other || `${from} → ${target}` in LAYER_EXCEPTIONS) return []
  const allowed = LAYERS[room]
  if (allowed === undefined) return [`${from}: room ${room} is not in the layer table`]
  const fits = allowed.some((entry) =>
    entry.endsWith('/*') ? other.startsWith(entry.slice(0, -1)) : entry === other,
  )
  return fits ? [] : [`${from} imports ${target}: ${room} may not import ${other}`]
}

function frontDoorBreach({ from, target }: Import): string[] {
  if (roomOf(from) === roomOf(target)) return []
  const inside = target.slice(roomOf(target).length + 1)
  const isDoor = inside === 'index.ts' || inside === 'interface.ts'
  if (isDoor || PUBLIC_FILES.some((file) => file.test(target))) return []
  return [`${from} imports ${target} past the front door of ${roomOf(target)}`]
}

function protocolBreach({ from, target }: Import): string[] {
  const protocol = (file: string) => /^daemon\/network\/protocols\/([^/]+)\//.exec(file)?.[1]
  const [a, b] = [protocol(from), protocol(target)]
  if (a === undefined || b === undefined || a === b) return []
  return [`${from} imports ${target}: protocols do not know each other`]
}

function vendorBreach({ from, target }: Import): string[] {
  const breaches = VENDORS.filter(
    (vendor) => vendor.package.test(target) && !vendor.only.test(from),
  ).map(({ only }) => `${from} imports ${target}, which is confined to ${only.source}`)
  if (target.startsWith('node:') && !from.startsWith('daemon/')) {
    const module = target.slice('node:'.length)
    if (NODE_MODULES[from]?.modules.includes(module) !== true) {
      breaches.push(`${from} imports ${target}, which is confined to daemon/`)
    }
  }
  return breaches
}

function globalBreaches(file: string, text: string): string[] {
  if (file.startsWith('daemon/')) return []
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
  return FORBIDDEN_GLOBALS.filter(
    ({ pattern, name }) => pattern.test(code) && !(`${file}: ${name}` in GLOBAL_EXCEPTIONS),
  ).map(({ name }) => `${file} uses ${name}`)
}

/**
 * One line for each import that closes a circle, found depth first. Type imports do not count: nothing of them is left
 * when modules are loaded.
 */
function cycles(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(imports, ({ from }) => from)
  const found: string[] = []
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (file: string) => {
    const start = trail.indexOf(file)
    if (start !== -1) {
      found.push(`import cycle: ${[...trail.slice(start), file].join(' → ')}`)
      return
    }
    if (done.has(file)) return
    trail.push(file)
    for (const { target } of targets.get(file) ?? []) visit(target)
    trail.pop()
    done.add(file)
  }
  for (const file of targets.keys()) visit(file)
  return found
}
