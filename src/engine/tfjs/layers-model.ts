/** A TensorFlow.js layers `model.json` as a network: its topology is read, its weights are started anew. */
import type { LayersModel, layers, SymbolicTensor, Tensor, Variable } from '@tensorflow/tfjs'
import { createLayout, type Initialiser, type ParameterLayout } from '../../model/parameters.ts'
import type { ModelSource, OutputSpec } from '../../model/spec.ts'
import { UnsupportedModelError } from '../errors.ts'
import type { TensorFlow } from './backends/backend.ts'
import type { Network } from './network.ts'

type Layer = layers.Layer
type Weight = LayersModel['trainableWeights'][number]

/** Layers that behave differently in training and in use, or that keep statistics of other nodes' data. */
const REFUSED: Readonly<Record<string, string>> = {
  BatchNormalization: 'its running statistics are not parameters; use group or layer normalisation',
  Dropout: 'its random draws are not part of a run that others can repeat; use weight decay',
  SpatialDropout1D: 'see Dropout',
  GaussianDropout: 'see Dropout',
  AlphaDropout: 'see Dropout',
  GaussianNoise: 'its random draws are not part of a run that others can repeat',
}

/** @throws {UnsupportedModelError} when the topology cannot be built, or not be trained as it stands. */
export async function openLayersModel(
  tf: TensorFlow,
  source: Extract<ModelSource, { kind: 'tfjs-layers' }>,
): Promise<Network> {
  const model = await build(tf, source.json)
  try {
    checkShapes(model, source.input.shape, source.output)
    for (const layer of allLayers(model)) checkLayer(layer)
    checkOutputLayer(model, source.output)
  } catch (error) {
    model.dispose()
    throw error
  }
  const weights = model.trainableWeights
  return {
    layout: layoutOfWeights(weights),
    stackable: false,
    // The cast is TensorFlow.js' own way of reaching the variable behind a layer's weight.
    ownVariables: weights.map((weight) => weight.read() as Variable),
    forward: (_, x) => model.apply(x, { training: true }) as Tensor,
    dispose: () => void model.dispose(),
  }
}

async function build(tf: TensorFlow, json: string): Promise<LayersModel> {
  try {
    const parsed = JSON.parse(json)
    return await tf.models.modelFromJSON({ modelTopology: parsed.modelTopology ?? parsed })
  } catch (error) {
    throw new UnsupportedModelError(`it is no TensorFlow.js layers model (${firstLine(error)})`)
  }
}

function checkShapes(model: LayersModel, input: readonly number[], output: OutputSpec): void {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new UnsupportedModelError('it must have one input and one output')
  }
  const takes = shapeOf(model.inputs[0]!)
  const gives = shapeOf(model.outputs[0]!)
  const wanted = output.kind === 'classes' ? `${output.count}` : '1'
  if (takes !== input.join(' × ')) {
    throw new UnsupportedModelError(`it takes ${takes}, the data set holds ${input.join(' × ')}`)
  }
  if (gives !== wanted) throw new UnsupportedModelError(`it gives ${gives} values, not ${wanted}`)
}

function checkLayer(layer: Layer): void {
  const kind = layer.getClassName()
  const reason = REFUSED[kind]
  if (reason !== undefined) {
    throw new UnsupportedModelError(`layer "${layer.name}" is a ${kind}: ${reason}`)
  }
  const config = layer.getConfig()
  if (config['dropout'] || config['recurrentDropout'] || config['stateful']) {
    throw new UnsupportedModelError(
      `layer "${layer.name}" has dropout or keeps state between batches`,
    )
  }
  const penalties = Object.keys(config).filter((key) => /regularizer|constraint/i.test(key))
  if (penalties.some((key) => config[key] != null)) {
    throw new UnsupportedModelError(
      `layer "${layer.name}" has a regulariser or constraint; use train.weightDecay of the job file`,
    )
  }
  if (layer.nonTrainableWeights.length > 0) {
    throw new UnsupportedModelError(`layer "${layer.name}" has weights that are not trainable`)
  }
}

/** The loss takes logits: a softmax before it would be applied twice. */
function checkOutputLayer(model: LayersModel, output: OutputSpec): void {
  const last = outputLayer(model)
  if (output.kind !== 'classes') return
  if (last.getClassName() !== 'Softmax' && last.getConfig()['activation'] !== 'softmax') return
  throw new UnsupportedModelError(
    `its last layer "${last.name}" ends in softmax; set its "activation" to "linear", the loss applies softmax itself`,
  )
}

function outputLayer(model: LayersModel): Layer {
  const last = model.outputs[0]!.sourceLayer
  return 'layers' in last ? outputLayer(last as unknown as LayersModel) : last
}

function allLayers(model: LayersModel): Layer[] {
  return model.layers.flatMap((layer) =>
    'layers' in layer ? allLayers(layer as unknown as LayersModel) : [layer as Layer],
  )
}

function layoutOfWeights(weights: readonly Weight[]): ParameterLayout {
  return createLayout(
    weights.map((weight) => {
      const shape = weight.shape as number[]
      const tensor = { name: weight.originalName, shape, initialiser: initialiserOf(weight, shape) }
      return kindOf(weight) === 'embeddings' ? { ...tensor, isTable: true } : tensor
    }),
  )
}

/** Keras' defaults by the kind of weight, whatever initialiser the file names. */
function initialiserOf(weight: Weight, shape: readonly number[]): Initialiser {
  const kind = kindOf(weight)
  if (kind === 'gamma') return { kind: 'ones' }
  if (kind === 'embeddings') return { kind: 'uniform', bound: 0.05 }
  if (shape.length < 2) return { kind: 'zeros' }
  if (kind === 'recurrent_kernel') return { kind: 'uniform', bound: 1 / Math.sqrt(shape[0]!) }
  const receptive = shape.slice(0, -2).reduce((size, length) => size * length, 1)
  const fans = receptive * (shape.at(-2)! + shape.at(-1)!)
  return { kind: 'uniform', bound: Math.sqrt(6 / fans) }
}

function kindOf(weight: Weight): string {
  return weight.originalName.split('/').at(-1) ?? ''
}

function shapeOf(tensor: SymbolicTensor): string {
  return tensor.shape.slice(1).join(' × ')
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}
