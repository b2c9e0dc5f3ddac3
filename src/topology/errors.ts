import { StarlingError } from '../runtime/errors.ts'

/** The options cannot be met with this number of nodes. The message says what to change. */
export class ImpossibleTopologyError extends StarlingError {
  override name = 'ImpossibleTopologyError'
  readonly topology: string
  readonly nodes: number
  constructor(topology: string, nodes: number, problem: string) {
    super(`Topology "${topology}" with ${nodes} nodes is impossible: ${problem}`)
    this.topology = topology
    this.nodes = nodes
  }
}

/** A list of edges that cannot be read. `line` counts from 1. */
export class InvalidEdgesError extends StarlingError {
  override name = 'InvalidEdgesError'
  readonly line: number
  constructor(line: number, problem: string) {
    super(
      `Edges, line ${line}: ${problem}. Write one edge "a b" per line; a first line with a single number is the number of nodes.`,
    )
    this.line = line
  }
}
