import type { Member, Roster, SignedRoster } from './roster.ts'

/** All rosters of a run that have held: which one is newest, which one's graph holds in a round. */
export class RosterBook {
  #rosters: SignedRoster[] = []

  /** Takes a checked roster if it is newer than all known. Says whether it was. */
  accept(signed: SignedRoster): boolean {
    const known = this.newest
    if (known !== undefined) {
      const { epoch } = signed.roster
      if (epoch < known.roster.epoch) return false
      if (epoch === known.roster.epoch && signed.digest >= known.digest) return false
    }
    this.#rosters = this.#rosters.filter(({ roster }) => roster.epoch !== signed.roster.epoch)
    this.#rosters.push(signed)
    return true
  }

  get newest(): SignedRoster | undefined {
    return this.#rosters.at(-1)
  }

  /** Places in the graph of `round`; 0 before any roster. */
  placesAt(round: number): number {
    const inForce = this.#rosters.findLast(({ roster }) => roster.fromRound <= round)
    return (inForce ?? this.#rosters[0])?.roster.members.length ?? 0
  }

  /** The first round whose graph has a place for `rank`. */
  firstRoundOf(rank: number): number {
    const first = this.#rosters.find(({ roster }) => roster.members.length > rank)
    return first?.roster.fromRound ?? 0
  }

  member(rank: number): Member | undefined {
    return this.newest?.roster.members[rank]
  }

  memberOf(peerId: string): Member | undefined {
    return this.newest?.roster.members.find((member) => member.peerId === peerId)
  }

  get roster(): Roster | undefined {
    return this.newest?.roster
  }
}

export interface MemberChange {
  readonly peerId: string
  readonly rank: number
  readonly change: 'joined' | 'left'
}

/** Who came and who went from one roster's members to the next one's. */
export function memberChanges(
  before: readonly Member[],
  after: readonly Member[],
): readonly MemberChange[] {
  return after.flatMap(({ peerId, rank, left }): MemberChange[] => {
    const known = before[rank]
    const wasHere = known?.peerId === peerId && !known.left
    if (wasHere === !left) return []
    return [{ peerId, rank, change: left ? 'left' : 'joined' }]
  })
}
