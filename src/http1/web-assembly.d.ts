// The part of WebAssembly that llhttp takes; TypeScript has it only together with a browser's DOM.
declare namespace WebAssembly {
  class Memory {
    readonly buffer: ArrayBuffer
    constructor(size: { readonly initial: number })
  }
  class Module {
    readonly [Symbol.toStringTag]: string
    constructor(bytes: Uint8Array)
  }
  class Instance {
    readonly exports: Readonly<Record<string, unknown>>
    constructor(module: Module, imports: Readonly<Record<string, object>>)
  }
}
