import { PartitionError } from '../errors.ts'
import type { Examples } from '../interface.ts'

/** More distinct labels than this are no classes but measurements, which cannot be dealt out class by class. */
const MAXIMUM_CLASSES = 10_000

/** Example indices of each class, ascending; classes in ascending order of label. Empty classes do not appear. */
export function indicesByLabel(kind: string, examples: Examples): Int32Array[] {
  const groups = new Map<number, number[]>()
  examples.labels.forEach((label, index) => {
    const group = groups.get(label)
    if (group === undefined) groups.set(label, [index])
    else group.push(index)
  })
  if (groups.size > MAXIMUM_CLASSES) {
    throw new PartitionError(
      kind,
      `it needs classes, and the labels have ${groups.size} distinct values. Use "iid" or "by-client".`,
    )
  }
  return [...groups.keys()]
    .sort((a, b) => a - b)
    .map((label) => Int32Array.from(groups.get(label)!))
}
