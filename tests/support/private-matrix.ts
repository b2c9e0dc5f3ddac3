/**
 * Everything that can befall one letter of a private round: each way between two of four nodes, each phase, each fault.
 * Whatever it is, a node has the exact sum of those who were heard, or keeps its own model and says why; nobody sends
 * twice; and the sums that the letter is not about are made all the same.
 */
import { type PrivacyOptions, type ShareOptions, shareSchema } from '../../src/sharing/index.ts'
import { literalMixes, literalOwnMix, subsets } from '../reference/literal-private-round.ts'
import {
  complete,
  type NodeResult,
  type PrivateWorld,
  privateWorld,
  SIZE,
  type Wire,
} from './private-world.ts'

const NODES = 4
const full = shareSchema.parse({ method: 'full' })
const random = shareSchema.parse({ method: 'random-subsampling', budget: 0.5 })

const COMMON_PHASES = [
  'keys',
  'roster',
  'confirm',
  'go',
  'vector',
  'survivors',
  'vote',
  'votes',
  'reveal',
]

interface Mode {
  readonly share: ShareOptions
  readonly privacy: Partial<PrivacyOptions>
  readonly phases: readonly string[]
  /** Whether this is an exact mix of a set of neighbours, as large as reported. */
  isExact(world: PrivateWorld, node: Node): boolean
}

interface Node extends NodeResult {
  readonly rank: number
  readonly round: number
  readonly minMaskers: number
}

export const modes = {
  'public-coin': {
    share: random,
    privacy: { indices: 'public-coin' },
    phases: COMMON_PHASES,
    isExact: (world, { rank, round, parameters, privacy }) =>
      literalMixes(world, rank, round, privacy.survivors).some((mix) => isSame(mix, parameters)),
  },
  'summed-energy': {
    share: shareSchema.parse({ method: 'jwins', alphas: [0.4], wavelet: false }),
    privacy: { indices: 'summed-energy', scoreBlock: 8 },
    phases: COMMON_PHASES,
    // Five of thirteen blocks, the last of which has four coordinates.
    isExact(world, { rank, round, parameters, privacy }) {
      const own = world.model(rank, round)
      const mixed = [...own.keys()].filter((k) => own[k] !== parameters[k])
      const mixes = literalMixes(world, rank, round, privacy.survivors, 25, full)
      const isMix = mixes.some((mix) => mixed.every((k) => mix[k] === parameters[k]))
      return isMix && (mixed.length === 40 || mixed.length === 36)
    },
  },
  own: {
    share: random,
    privacy: { indices: 'own' },
    phases: ['hello', 'roster', 'confirm', 'go', 'vector'],
    isExact(world, { rank, round, parameters, minMaskers }) {
      const groups = [0, 1, 2, 3].flatMap((size) =>
        subsets(world.roll.sendersTo(rank, round), size),
      )
      return groups.some((left) =>
        groups.some((missing) =>
          isSame(
            literalOwnMix(world, rank, round, { share: random, minMaskers, missing, left }),
            parameters,
          ),
        ),
      )
    },
  },
} satisfies Record<string, Mode>

export type ModeName = keyof typeof modes

/** What arrives in a phase, of the letters that this way has when nothing happens; the fault begins at phase `at`. */
type Fault = (letters: readonly Uint8Array[], phase: number, at: number) => Uint8Array | null

const NOTHING = new Uint8Array(0)

/** Something happens to the letter itself, and to no other. */
const altered =
  (change: (bytes: Uint8Array) => Uint8Array | null): Fault =>
  (letters, phase, at) =>
    phase === at ? change(letters[phase]!) : letters[phase]!

/** @param place of the bit, 0 for the first byte to 1 for the last */
const flipped = (place: number) =>
  altered((bytes) => {
    const copy = bytes.slice()
    const at = Math.round(place * (copy.length - 1))
    if (copy.length > 0) copy[at]! ^= 1 << (at & 7)
    return copy
  })

const faults: Readonly<Record<string, Fault>> = {
  dropped: altered(() => null),
  emptied: altered(() => NOTHING),
  'cut by a byte': altered((bytes) => bytes.subarray(0, bytes.length - 1)),
  'cut in half': altered((bytes) => bytes.subarray(0, bytes.length >> 1)),
  'flipped in its first byte': flipped(0),
  'flipped after a quarter': flipped(0.25),
  'flipped in its middle': flipped(0.5),
  'flipped after three quarters': flipped(0.75),
  'flipped in its last byte': flipped(1),
  'late, and with it all that follow': (letters, phase, at) =>
    phase === at ? null : letters[phase - 1]!,
  'twice, and what follows after it': (letters, phase, at) =>
    letters[phase === at ? phase : phase - 1]!,
  'again in place of the next': (letters, phase, at) => letters[phase === at + 1 ? at : phase]!,
  'after the next': (letters, phase, at) =>
    letters[phase === at ? at + 1 : phase === at + 1 ? at : phase] ?? null,
}

export interface Case {
  readonly phase: number
  readonly from: number
  readonly to: number
  readonly fault: string
}

/** All that can happen in a mode. */
export function casesOf(mode: ModeName): Case[] {
  return [...modes[mode].phases.keys()].flatMap((phase) =>
    complete(NODES).flatMap((others, from) =>
      others.flatMap((to) => Object.keys(faults).map((fault) => ({ phase, from, to, fault }))),
    ),
  )
}

export function nameOf(mode: ModeName, { phase, from, to, fault }: Case): string {
  return `${modes[mode].phases[phase]} from ${from} to ${to}, ${fault}`
}

/** What was not as it must be, in the round in which it happened and in the next one; nothing, that is. */
export function troublesOf(mode: ModeName, minMaskers: number, which: Case): string[] {
  const world = worldOf(mode, minMaskers)
  const { phase: at, from, to, fault } = which
  const letters = lettersOf(mode, minMaskers).get(`${from} ${to}`)!
  const wire: Wire = (letter) => {
    const isHit = letter.from === from && letter.to === to && letter.phase >= at
    // What is said after the fault is said in another course of things; what is altered is what is really said.
    const course = letters.with(letter.phase, letter.bytes)
    return isHit ? faults[fault]!(course, letter.phase, at) : letter.bytes
  }
  const troubles: string[] = []
  for (const [round, disturbed] of [wire, undefined].entries()) {
    for (const [rank, result] of world.run(round, disturbed).entries()) {
      const node = { ...result!, rank, round, minMaskers }
      const trouble = troubleOf(mode, world, node, rank !== from && rank !== to)
      if (trouble !== null) troubles.push(`round ${round}, node ${rank}: ${trouble}`)
    }
  }
  if (new Set(world.claims).size < world.claims.length) troubles.push('somebody sent twice')
  return troubles
}

function troubleOf(mode: ModeName, world: PrivateWorld, node: Node, isUnconcerned: boolean) {
  const { rank, round, parameters, privacy } = node
  if (privacy.outcome === 'adopted') {
    return modes[mode].isExact(world, node) ? null : 'its model is no exact mix'
  }
  if (!isSame(world.model(rank, round), parameters)) return 'it changed its model without a sum'
  if (privacy.reason === null) return 'it does not say why it has no sum'
  return isUnconcerned ? `it has no sum: ${privacy.reason}` : null
}

function worldOf(mode: ModeName, minMaskers: number): PrivateWorld {
  const { share, privacy } = modes[mode]
  const neighbours = complete(NODES)
  return privateWorld({ neighbours, share, privacy: { minMaskers, cooldown: 0, ...privacy } })
}

const undisturbed = new Map<string, Map<string, Uint8Array[]>>()

/** By way, the letters of a first round in which nothing happens, phase by phase. */
function lettersOf(mode: ModeName, minMaskers: number): Map<string, Uint8Array[]> {
  const known = undisturbed.get(`${mode} ${minMaskers}`)
  if (known !== undefined) return known
  const letters = new Map<string, Uint8Array[]>()
  worldOf(mode, minMaskers).run(0, ({ from, to, phase, bytes }) => {
    const way = letters.get(`${from} ${to}`) ?? []
    way[phase] = bytes
    letters.set(`${from} ${to}`, way)
    return bytes
  })
  undisturbed.set(`${mode} ${minMaskers}`, letters)
  return letters
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === SIZE && a.every((value, k) => value === b[k])
}
