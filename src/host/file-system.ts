import {
  access as accessWith,
  close as closeWith,
  fstat as fstatWith,
  open as openWith,
  read as readWith,
  stat as statWith,
} from 'node:fs'
import { promisify } from 'node:util'

// Not those of node:fs/promises: to load that, with its handles, streams, watchers and line readers,
// takes longer than to read a kubeconfig.

/** Opens a file and gives its descriptor. */
export const open: typeof openWith.__promisify__ = promisify(openWith)
/** Reads from a descriptor. */
export const read: typeof readWith.__promisify__ = promisify(readWith)
/** Closes a descriptor. */
export const close: typeof closeWith.__promisify__ = promisify(closeWith)
/** What there is under a descriptor. */
export const fstat: typeof fstatWith.__promisify__ = promisify(fstatWith)
/** What there is under a path. */
export const stat: typeof statWith.__promisify__ = promisify(statWith)
/** Fails when this process may not do with a path what the mode says. */
export const access: typeof accessWith.__promisify__ = promisify(accessWith)
