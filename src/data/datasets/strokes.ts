/**
 * Generated handwriting: digits of 28 × 28 pixels, drawn from strokes. Every writer has habits (a style a digit,
 * slant, size, pen, a hand that pulls each point its own way), every example wavers around them, and noise and stray
 * marks cover the paper. A linear model falls clearly short of a convolutional one (docs/data.md has the figures).
 * Writers are the clients: parts by client are non-IID as real handwriting is.
 *
 * Example i has label i mod 10 and writer ⌊i / 10⌋ mod writers, and comes from a stream of its own: the first
 * examples stay the same whatever number is asked for. Pixels are rounded to bytes, so that the last digits of a
 * machine's cosine do not matter.
 */
import { z } from 'zod'
import { type RandomStream, randomStream } from '../../numeric/random.ts'
import type { Examples } from '../interface.ts'
import { defineDataset, GENERATED } from './definition.ts'
import { GLYPHS, type Glyph } from './strokes-glyphs.ts'
import { draw, flatten } from './strokes-render.ts'

const SIDE = 28
const CLASSES = GLYPHS.length
/** Height of a digit of ordinary size, pixels. */
const HEIGHT = 19
const WIDTH = 14

const count = z.number().int().positive()

export const strokes = defineDataset({
  schema: z.strictObject({
    name: z.literal('strokes').describe('Generated handwritten digits; needs no file.'),
    train: count.max(1_000_000).default(4000).describe('Training examples.'),
    test: count.max(1_000_000).default(1000).describe('Test examples, by the same writers.'),
    writers: count.max(100_000).default(50).describe('Writers; the clients of "by-client".'),
    noise: z.number().min(0).max(100).default(24).describe('Deviation of the pixel noise, of 255.'),
    seed: z.number().int().min(0).max(4294967295).default(7).describe('Seed of the generator.'),
  }),
  folder: 'strokes',
  needs: () => ({ kind: 'nothing' }),
  ownPartProblem: () => GENERATED,
  build(options) {
    return {
      name: 'strokes',
      input: { kind: 'values', shape: [SIDE, SIDE, 1] },
      output: { kind: 'classes', count: CLASSES },
      train: generate(options.train, 'train', options),
      test: generate(options.test, 'test', options),
    }
  },
})

function generate(
  size: number,
  part: 'train' | 'test',
  options: { readonly writers: number; readonly noise: number; readonly seed: number },
): Examples {
  const inputs = new Uint8Array(size * SIDE * SIDE)
  const labels = Int32Array.from({ length: size }, (_, i) => i % CLASSES)
  const clients = Int32Array.from(labels, (_, i) => Math.floor(i / CLASSES) % options.writers)
  const writers = new Map<number, Writer>()
  for (let i = 0; i < size; i++) {
    const name = clients[i]!
    const writer = writers.get(name) ?? makeWriter(randomStream(options.seed, 'writer', name))
    writers.set(name, writer)
    const random = randomStream(options.seed, 'strokes', part, i)
    const paper = writeDigit(labels[i]!, writer, random)
    inputs.set(scan(paper, options.noise, random), i * SIDE * SIDE)
  }
  const affine = { scale: 1 / 128, offset: -0.5 }
  return { count: size, inputs, inputShape: [SIDE, SIDE, 1], affine, labels, clients }
}

/** What stays the same in all that one writer writes. */
interface Writer {
  /** Per digit: the points of its chosen style, pulled the writer's way. */
  readonly glyphs: readonly Glyph[]
  readonly slant: number
  readonly turn: number
  readonly height: number
  readonly width: number
  readonly pen: number
}

function makeWriter(random: RandomStream): Writer {
  return {
    glyphs: GLYPHS.map((styles) => waver(styles[random.integer(styles.length)]!, 0.045, random)),
    slant: 0.22 * random.normal(),
    turn: 0.08 * random.normal(),
    height: clamp(1 + 0.1 * random.normal(), 0.7, 1.3),
    width: clamp(1 + 0.13 * random.normal(), 0.6, 1.5),
    pen: 1.8 + 1.6 * random.uniform(),
  }
}

/** Every point moved by a normal distance. */
function waver(glyph: Glyph, deviation: number, random: RandomStream): Glyph {
  return glyph.map(({ kind, points }) => ({
    kind,
    points: points.map((value) => value + deviation * random.normal()),
  }))
}

/** One digit on clean paper: darkness 0 … 255, row-major. */
function writeDigit(digit: number, writer: Writer, random: RandomStream): Float64Array {
  const paper = new Float64Array(SIDE * SIDE)
  const turn = writer.turn + 0.1 * random.normal()
  const slant = writer.slant + 0.1 * random.normal()
  const height = HEIGHT * writer.height * clamp(1 + 0.07 * random.normal(), 0.7, 1.3)
  const width = WIDTH * writer.width * clamp(1 + 0.08 * random.normal(), 0.7, 1.3)
  const centre = (SIDE - 1) / 2
  const [shiftX, shiftY] = [1.3 * random.normal(), 1.3 * random.normal()]
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)]
  const pen = {
    width: clamp(writer.pen + 0.3 * random.normal(), 1, 4),
    ink: 160 + 95 * random.uniform(),
  }
  for (const { kind, points } of waver(writer.glyphs[digit]!, 0.03, random)) {
    const placed: number[] = []
    for (let i = 0; i < points.length; i += 2) {
      const y = (points[i + 1]! - 0.5) * height
      const x = (points[i]! - 0.5) * width - slant * y
      placed.push(centre + shiftX + cosine * x - sine * y, centre + shiftY + sine * x + cosine * y)
    }
    draw(paper, SIDE, flatten(kind, placed), pen)
  }
  if (random.uniform() < 0.5) strayMark(paper, random)
  return paper
}

/** A short line somewhere on the sheet, as when a pen slips or the paper was used before. */
function strayMark(paper: Float64Array, random: RandomStream): void {
  const [x, y] = [random.uniform() * (SIDE - 1), random.uniform() * (SIDE - 1)]
  const end = [x + 4 * random.normal(), y + 4 * random.normal()]
  const mark = { width: 1 + random.uniform(), ink: 60 + 120 * random.uniform() }
  draw(paper, SIDE, [x, y, end[0]!, end[1]!], mark)
}

/** Adds noise and rounds to bytes. The sum of four random bytes is nearly normal, and exact on every machine. */
function scan(paper: Float64Array, noise: number, random: RandomStream): Uint8Array {
  return Uint8Array.from(paper, (value) => {
    const bits = random.uint32()
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24)
    // Four uniform bytes: mean 510, variance 4 × (256² − 1) / 12.
    return clamp(Math.round(value + noise * ((sum - 510) / 147.8)), 0, 255)
  })
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
