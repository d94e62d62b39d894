/**
 * undici's build of llhttp (https://llhttp.org), which is the HTTP/1.1 parser of Node itself.
 *
 * The file is not part of what undici promises: its version is pinned, and one that moves fails the build.
 */
export function llhttpWasm(): Uint8Array
