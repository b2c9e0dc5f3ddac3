// Stands in for the worker script of the emscripten glue, which waits for this message and then never uses it.
require('node:worker_threads').parentPort.postMessage({ cmd: 'loaded' })
