import type { DataShape } from '../../src/model/index.ts'

export function images(shape: readonly number[], count: number): DataShape {
  return { input: { kind: 'values', shape }, output: { kind: 'classes', count } }
}

export function text(length: number, symbols: number): DataShape {
  return {
    input: { kind: 'tokens', shape: [length] },
    output: { kind: 'classes', count: symbols },
    vocabulary: [symbols],
  }
}

export function ratings(users: number, items: number): DataShape {
  return {
    input: { kind: 'tokens', shape: [2] },
    output: { kind: 'rating', minimum: 0.5, maximum: 5 },
    vocabulary: [users, items],
  }
}
