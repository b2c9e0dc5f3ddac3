/** Who is there in which round. */
import type { Job } from '../learning/index.ts'
import { randomStream } from '../numeric/random.ts'
import { InvalidTraceError } from './errors.ts'

export interface Presence {
  isPresent(rank: number, round: number): boolean
  /** The first round from `round` on in which `rank` is there; null where it never is again. */
  nextPresent(rank: number, round: number): number | null
}

/**
 * Presence by the job's `emulation.churn`. All nodes are there in round 0 unless a trace says otherwise.
 * @param trace text of the file that `churn.trace` names
 * @throws {InvalidTraceError} naming the line
 */
export function createPresence(job: Job, trace = ''): Presence {
  const { churn } = job.emulation
  if (churn === undefined) return presenceOf([], job.train.rounds)
  const changes = 'trace' in churn ? parseTrace(trace, job.nodes) : drawChurn(job, churn)
  return presenceOf(changes, job.train.rounds)
}

/** For each rank the rounds at which it leaves, joins, leaves …, ascending. */
type Changes = readonly (readonly number[])[]

function presenceOf(changes: Changes, rounds: number): Presence {
  const changesUpTo = (rank: number, round: number) =>
    (changes[rank] ?? []).filter((change) => change <= round).length
  const isPresent = (rank: number, round: number) => changesUpTo(rank, round) % 2 === 0
  return {
    isPresent,
    nextPresent(rank, round) {
      const next = isPresent(rank, round) ? round : changes[rank]![changesUpTo(rank, round)]
      return next !== undefined && next < rounds ? next : null
    },
  }
}

/** Each node by itself: there, it leaves with chance `leave` before a round; away, it comes back with `rejoin`. */
function drawChurn(job: Job, { leave, rejoin }: { leave: number; rejoin: number }): Changes {
  return Array.from({ length: job.nodes }, (_, rank) => {
    const random = randomStream(job.seed, 'churn', rank)
    const changes: number[] = []
    for (let round = 1; round < job.train.rounds; round++) {
      if (random.uniform() < (changes.length % 2 === 0 ? leave : rejoin)) changes.push(round)
    }
    return changes
  })
}

const LINE = /^(\d+),(\d+),(leave|join)$/

function parseTrace(text: string, nodes: number): Changes {
  const changes = Array.from({ length: nodes }, (): number[] => [])
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/\s/g, '')
    if (content === '' || content.startsWith('#') || content === 'round,node,event') continue
    const fail = (problem: string) => new InvalidTraceError(index + 1, problem)
    const match = LINE.exec(content)
    if (match === null) throw fail(`"${line}" is no event`)
    const [round, rank, event] = [Number(match[1]), Number(match[2]), match[3]!]
    const own = changes[rank]
    if (own === undefined) throw fail(`node ${rank} is none of 0 … ${nodes - 1}`)
    if ((own.at(-1) ?? -1) >= round) throw fail(`rounds of node ${rank} must ascend`)
    if ((own.length % 2 === 0) !== (event === 'leave')) {
      throw fail(`node ${rank} is already ${event === 'leave' ? 'away' : 'there'}`)
    }
    own.push(round)
  }
  return changes
}
