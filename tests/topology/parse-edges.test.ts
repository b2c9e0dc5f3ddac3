import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidEdgesError, parseEdges } from '../../src/topology/index.ts'

test('reads the format with the number of nodes on the first line', () => {
  expect(parseEdges('4\n0 1\n1 2\n2 3\n')).toEqual({
    nodes: 4,
    edges: [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  })
})

test('reads plain pairs, commas, comments and carriage returns', () => {
  expect(parseEdges('# a triangle\r\n0,1\r\n\r\n1\t2\r\n2 0\r\n').nodes).toBe(3)
})

test.each([
  ['', 1, /no edge/],
  ['3\n0 1\n2\n', 3, /1 numbers/],
  ['0 1 2\n', 1, /3 numbers/],
  ['3\n0 3\n', 2, /rank 3 in a graph of 3/],
  ['1 1\n', 1, /itself/],
  ['0 -1\n', 1, /not a pair/],
  ['0 1.5\n', 1, /not a pair/],
  ['a b\n', 1, /not a pair/],
])('%j is refused on line %i', (text, line, message) => {
  expect(() => parseEdges(text)).toThrow(message)
  expect(() => parseEdges(text)).toThrow(expect.objectContaining({ line }))
})

test('any text gives edges or a named error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const { nodes, edges } = parseEdges(text)
        expect(edges.every(([a, b]) => a < nodes && b < nodes)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidEdgesError)
      }
    }),
  )
})
