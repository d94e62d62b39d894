import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { systemClock } from '../credential/clock.ts'
import { KubecredError, messageOf, systemCodeOf } from '../errors/kubecred-error.ts'
import { checkOptions, checkText } from '../errors/given-option.ts'
import { makeOwnFolder, ownFolder } from '../host/own-folder.ts'
import { textOfTokens, tokensInText } from './stored-tokens.ts'
import type { StoredToken, TokenStore } from './token-store.ts'

/** Settings of {@link fileTokenStore}. */
export interface FileTokenStoreOptions {
  /** Path of the file; its folder is made if it is not there. One manager writes to it. */
  readonly file: string
  /** What the tokens are good for, the URL of the server say: those of another scope are not used. */
  readonly scope: string
}

/**
 * Keeps tokens in a file of its user's alone, from one run of a program to the next.
 *
 * It is written as a whole or not at all, in a folder that nobody else can change.
 *
 * A file that is damaged, belongs to somebody else or could be read by others is not used: loading it fails with
 * `ERR_TOKEN_STORE`, and the next save sets it aside as `….damaged`. On Windows, what a profile inherits
 * has to do for owner and mode.
 *
 * @example
 * ```ts
 * import { fileTokenStore, TokenManager } from 'kubecred/token'
 * import { connect, tokenClient } from 'kubecred/undici'
 *
 * const cluster = await connect()
 * const store = fileTokenStore({ file: '/var/lib/agent/tokens.json', scope: cluster.server })
 * const manager = new TokenManager({ client: tokenClient(cluster), store })
 * ```
 *
 * @throws TypeError for an option that cannot work.
 */
export function fileTokenStore(options: FileTokenStoreOptions): TokenStore {
  checkOptions('"options" of fileTokenStore', options)
  checkText('file', options.file)
  checkText('scope', options.scope)
  return new FileTokenStore(options)
}

// A save takes a moment: what is older was left behind by a process that was killed.
const oldMs = 60_000
const ownerOnly = 0o600

class FileTokenStore implements TokenStore {
  readonly #file: string
  readonly #scope: string
  readonly #uid = process.geteuid?.()
  #isSuspect = false

  constructor({ file, scope }: FileTokenStoreOptions) {
    this.#file = file
    this.#scope = scope
  }

  async load(): Promise<readonly StoredToken[]> {
    const folder = dirname(this.#file)
    try {
      const isOwn = ownFolder(folder, this.#uid) !== undefined
      // Also where there is no file yet: they hold tokens.
      if (isOwn) await this.#removeLeftovers(folder)
      const text = await this.#read()
      if (text === undefined) return []
      if (!isOwn) throw this.#error(othersFolder)
      const result = tokensInText(text, this.#scope)
      if ('problem' in result) throw this.#error(result.problem)
      return result.tokens
    } catch (error) {
      this.#isSuspect = true
      throw error instanceof KubecredError ? error : this.#error(messageOf(error), error)
    }
  }

  async save(tokens: readonly StoredToken[]): Promise<void> {
    try {
      const folder = makeOwnFolder(dirname(this.#file), this.#uid)
      if (folder === undefined) throw this.#error(othersFolder)
      if (this.#isSuspect) await this.#setAside()
      this.#isSuspect = false
      await this.#write(folder, textOfTokens(tokens, this.#scope))
    } catch (error) {
      throw error instanceof KubecredError ? error : this.#error(messageOf(error), error)
    }
  }

  /** The text of the file; undefined when there is none. */
  async #read(): Promise<string | undefined> {
    // Windows has neither flag; a pipe must not hold us up.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
    const handle = await open(this.#file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(unlessMissing)
    if (handle === undefined) return undefined
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw this.#error('it is no file')
      if (this.#uid !== undefined && stats.uid !== this.#uid) {
        throw this.#error('it belongs to another user')
      }
      if (this.#uid !== undefined && (stats.mode & ~ownerOnly & 0o777) !== 0) {
        // It stays, set aside, with tokens in it that may still be good.
        await handle.chmod(ownerOnly)
        throw this.#error('others can read or change it')
      }
      return await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  }

  async #write(folder: string, text: string): Promise<void> {
    const name = basename(this.#file)
    const temporary = join(folder, `${name}.${randomBytes(8).toString('hex')}.tmp`)
    try {
      const handle = await open(temporary, 'wx', ownerOnly)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, join(folder, name))
    } catch (error) {
      await unlink(temporary).catch(unlessMissing)
      throw error
    }
    await this.#syncFolder(folder)
  }

  /** So that a power cut does not bring the old file back. */
  async #syncFolder(folder: string): Promise<void> {
    if (this.#uid === undefined) return
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  async #setAside(): Promise<void> {
    const names = new Set(await readdir(dirname(this.#file)))
    const name = basename(this.#file)
    let aside = `${name}.damaged`
    for (let number = 2; names.has(aside); number++) aside = `${name}.damaged-${number}`
    await rename(this.#file, join(dirname(this.#file), aside)).catch(unlessMissing)
  }

  async #removeLeftovers(folder: string): Promise<void> {
    const start = `${basename(this.#file)}.`
    for (const name of await readdir(folder)) {
      if (!name.startsWith(start) || !name.endsWith('.tmp')) continue
      const path = join(folder, name)
      const stats = await lstat(path).catch(unlessMissing)
      if (stats !== undefined && systemClock.now() - stats.mtimeMs > oldMs) {
        await unlink(path).catch(unlessMissing)
      }
    }
  }

  #error(words: string, cause?: unknown): KubecredError {
    const hint = 'the tokens in it are not used; the next save sets a file aside as ….damaged'
    const message = `token store ${this.#file}: ${words}`
    const details = { file: this.#file }
    return new KubecredError('ERR_TOKEN_STORE', message, { hint, details, cause })
  }
}

const othersFolder = 'its folder is none that only its user can change'

function unlessMissing(error: unknown): undefined {
  if (systemCodeOf(error) === 'ENOENT') return undefined
  throw error
}
