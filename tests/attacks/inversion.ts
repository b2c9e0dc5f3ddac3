/**
 * Training images from a model update. In a run's first round everybody knows where each model came from, and one step on a
 * batch of B examples moves the last layer of a linear model by −η G with
 *
 *   G_c = 1/B Σ_n (p_nc − y_nc) x_n,    g_c = 1/B Σ_n (p_nc − y_nc) for the biases.
 *
 * While p hardly differs from example to example, g tells how many examples each class has, n_c = B (p_c − g_c); columns of classes
 * without any tell the sum of all inputs, M = B G_c / p_c; and the others then tell the sum of the inputs of each class,
 *
 *   Σ_{y_n = c} x_n = p_c M − B G_c,
 *
 * which is an image where n_c = 1 and a blur of several where it is more. The mean of d updates is one of a batch of d B.
 */
import { buildDataset, type Dataset, type Examples } from '../../src/data/index.ts'
import { createModel, initialParameters } from '../../src/model/index.ts'
import { linearEngine } from '../support/linear-engine.ts'
import { mean, psnr, ssim } from './measures.ts'

const RATE = 0.01
const CLASSES = 10
const SEED = 3

/** Handwritten digits of 784 pixels from 0 to 1; example i shows the digit i mod 10. */
const digits = scaledToOne(
  buildDataset({ name: 'strokes', train: 240, test: 50, writers: 24, noise: 24, seed: 7 }),
)

export interface Inversion {
  /** Of the first node's images, on average, each beside what was found for its class. */
  readonly psnr: number
  readonly ssim: number
}

/**
 * Inverts the mean of the nodes' first updates.
 * @param batches by node: the examples of its one step, as many for each
 */
export async function invert(batches: readonly Int32Array[]): Promise<Inversion> {
  const total = batches.reduce((sum, { length }) => sum + length, 0)
  const images = imagesFrom(await meanGradient(batches), total)
  const found = [...batches[0]!].map((example) => {
    const truth = imageOf(digits.train, example)
    const image = images[digits.train.labels[example]!]!
    return { psnr: psnr(image, truth), ssim: ssim(image, truth) }
  })
  return {
    psnr: mean(found.map((one) => one.psnr)),
    ssim: mean(found.map((one) => one.ssim)),
  }
}

/** By class: its inputs' gradient G_c and last the bias's, g_c; from models, as they are sent. */
async function meanGradient(batches: readonly Int32Array[]): Promise<Float64Array[]> {
  const source = createModel({ name: 'mlp', hidden: [] }, digits)
  const model = await linearEngine().load(source, { kind: 'sgd' }, digits)
  const parameters = initialParameters(model.layout, SEED)
  const trained = await model.train(
    batches.map((examples) => ({
      parameters,
      optimiserState: new Float32Array(0),
      stepsBefore: 0,
      examples,
      batchSize: examples.length,
      learningRates: Float32Array.of(RATE),
    })),
  )
  const sum = trained.reduce(
    (total, { parameters: moved }) => total.map((value, k) => value + moved[k]!),
    new Float64Array(parameters.length),
  )
  const gradient = sum.map((value, k) => (parameters[k]! - value / batches.length) / RATE)
  return Array.from({ length: CLASSES }, (_, c) => gradient.filter((_, k) => k % CLASSES === c))
}

/** By class: the mean of its inputs; where there seem to be none, the mean image of the test set. */
function imagesFrom(gradient: readonly Float64Array[], examples: number): Float32Array[] {
  const usual = meanImage(digits.test)
  const pixels = usual.length
  const p = 1 / CLASSES
  const counts = gradient.map((of) => Math.max(0, Math.round(examples * (p - of[pixels]!))))
  const absent = gradient.filter((_, c) => counts[c] === 0)
  const inputs =
    absent.length > 0
      ? usual.map((_, i) => mean(absent.map((of) => (examples * of[i]!) / of[pixels]!)))
      : usual.map((value) => examples * value)
  return gradient.map((of, c) => {
    const count = counts[c]!
    if (count === 0) return usual
    return usual.map((_, i) => {
      const probability = of[pixels]! + count / examples
      return clamped((probability * inputs[i]! - examples * of[i]!) / count)
    })
  })
}

function meanImage(examples: Examples): Float32Array {
  const images = Array.from({ length: examples.count }, (_, i) => imageOf(examples, i))
  return images[0]!.map((_, k) => mean(images.map((image) => image[k]!)))
}

function imageOf({ inputs, count }: Examples, example: number): Float32Array {
  const pixels = inputs.length / count
  return Float32Array.from(inputs.subarray(example * pixels, (example + 1) * pixels))
}

function scaledToOne(dataset: Dataset): Dataset {
  const scaled = ({ affine: _, ...examples }: Examples): Examples => ({
    ...examples,
    inputs: Float32Array.from(examples.inputs, (value) => value / 255),
  })
  return { ...dataset, train: scaled(dataset.train), test: scaled(dataset.test) }
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value))
}
