import { InvalidEdgesError } from './errors.ts'
import type { Edge } from './graph.ts'

/**
 * Reads an edges file: either DecentralizePy's format (the number of nodes alone on the first line, then one edge
 * "a b" per line) or edges only, where the highest rank fixes the number of nodes. Blank lines and lines that start
 * with "#" are skipped; an edge may stand in both directions.
 *
 * @throws {InvalidEdgesError} naming the line
 */
export function parseEdges(text: string): { nodes: number; edges: Edge[] } {
  const edges: Edge[] = []
  let nodes: number | undefined
  let highest = -1
  let first = true
  for (const [index, content] of text.split('\n').entries()) {
    const line = content.trim()
    if (line === '' || line.startsWith('#')) continue
    const words = line.split(/[\s,]+/)
    const numbers = words.map(Number)
    if (!words.every((word) => /^\d{1,9}$/.test(word))) {
      throw new InvalidEdgesError(index + 1, `"${line.slice(0, 40)}" is not a pair of ranks`)
    }
    const [a, b] = numbers as [number, number]
    if (first && numbers.length === 1) nodes = a
    else if (numbers.length !== 2) {
      throw new InvalidEdgesError(index + 1, `${numbers.length} numbers instead of two`)
    } else {
      if (a === b) throw new InvalidEdgesError(index + 1, `node ${a} is joined to itself`)
      if (nodes !== undefined && Math.max(a, b) >= nodes) {
        throw new InvalidEdgesError(
          index + 1,
          `rank ${Math.max(a, b)} in a graph of ${nodes} nodes`,
        )
      }
      highest = Math.max(highest, a, b)
      edges.push([a, b])
    }
    first = false
  }
  if (edges.length === 0) throw new InvalidEdgesError(1, 'no edge found')
  return { nodes: nodes ?? highest + 1, edges }
}
