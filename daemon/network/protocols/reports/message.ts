/** Codec of message.proto. */
import { type Message, ProtobufWriter, readProtobuf } from '../../../../src/runtime/protobuf.ts'
import { RUN_ID_BYTES } from '../../../../src/sharing/index.ts'
import { MAX_BATCH } from './constants.ts'

const head = { run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES } } as const
const stored = { count: { field: 1, kind: 'uint', max: MAX_BATCH } } as const

export type Head = Message<typeof head>
export type Stored = Message<typeof stored>

export const encodeHead = ({ run }: Head) => new ProtobufWriter().bytes(1, run).finish()
export const decodeHead = (bytes: Uint8Array): Head => readProtobuf(bytes, head)

export const encodeStored = ({ count }: Stored) => new ProtobufWriter().uint(1, count).finish()
export const decodeStored = (bytes: Uint8Array): Stored => readProtobuf(bytes, stored)
