'use strict'

// CommonJS, since a bundler that makes a module of this buffer gives it a property for each byte.
// oxlint-disable-next-line typescript/no-unsafe-return, typescript/no-unsafe-call -- its type is beside
exports.llhttpWasm = () => require('undici/lib/llhttp/llhttp-wasm.js')
