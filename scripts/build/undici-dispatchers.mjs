// What the command line needs of undici, without what it does not: fetch, WebSocket, caches and mocks
// would take twelve megabytes of a proxy's memory and half of the time that undici takes to load. The
// files are undici's own; the version is pinned, and a file that moves fails the build.
export { default as Agent } from 'undici/lib/dispatcher/agent.js'
export { default as Client } from 'undici/lib/dispatcher/client.js'
export { default as Dispatcher } from 'undici/lib/dispatcher/dispatcher.js'
export { default as Dispatcher1Wrapper } from 'undici/lib/dispatcher/dispatcher1-wrapper.js'
export { default as Pool } from 'undici/lib/dispatcher/pool.js'
export { default as buildConnector } from 'undici/lib/core/connect.js'
export { default as errors } from 'undici/lib/core/errors.js'
