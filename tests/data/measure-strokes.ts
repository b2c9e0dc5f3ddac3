/**
 * How hard `strokes` is for a convolutional network: node tests/data/measure-strokes.ts [epochs]. Prints the test
 * accuracy after each epoch over the default data set; docs/data.md quotes it. (The linear model's figure is printed
 * by strokes.test.ts.)
 */
import { batchIndices, buildDataset, datasetSchema } from '../../src/data/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import { initialParameters, layoutOf, type ModelSpec } from '../../src/model/index.ts'

const BATCH = 20
const epochs = Number(process.argv[2] ?? 8)
const dataset = buildDataset(datasetSchema.parse({ name: 'strokes' }))
const { count } = dataset.train
const spec: ModelSpec = {
  name: 'small-cnn',
  input: dataset.input,
  output: dataset.output,
  layers: [
    { kind: 'conv2d', filters: 16, kernel: 5, activation: 'relu' },
    { kind: 'max-pool', size: 2 },
    { kind: 'conv2d', filters: 32, kernel: 5, activation: 'relu' },
    { kind: 'max-pool', size: 2 },
    { kind: 'flatten' },
    { kind: 'dense', units: 10 },
  ],
}

const engine = await createEngine()
const model = await engine.load({ kind: 'layers', spec }, { kind: 'sgd', momentum: 0.9 }, dataset)
const steps = count / BATCH
let parameters = initialParameters(layoutOf(spec), 1)
let optimiserState = new Float32Array(model.optimiserStateSize)
for (let epoch = 0; epoch < epochs; epoch++) {
  const all = Int32Array.from({ length: count }, (_, i) => i)
  const rate = 0.01 * (1 + Math.cos((Math.PI * epoch) / epochs))
  const [trained] = await model.train([
    {
      ...{ parameters, optimiserState, stepsBefore: epoch * steps, batchSize: BATCH },
      examples: batchIndices({
        ...{ seed: 1, rank: 0, round: epoch, localSteps: steps, batch: BATCH },
        examples: all,
      }),
      learningRates: new Float32Array(steps).fill(rate),
    },
  ])
  parameters = trained!.parameters as typeof parameters
  optimiserState = trained!.optimiserState as typeof optimiserState
  const [result] = await model.evaluate([{ parameters, on: 'test' }])
  console.log(`epoch ${epoch + 1}: test accuracy ${(100 * result!.accuracy).toFixed(1)} %`)
}
await engine.dispose()
