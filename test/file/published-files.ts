import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A volume as the kubelet mounts secrets, config maps and tokens: the files are links into the folder
 * that `..data` leads to, and all of them change at once when that link is replaced.
 */
export class PublishedFiles {
  readonly folder: string
  #count = 0

  constructor(folder: string, files: Readonly<Record<string, string>>) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
    this.publish(files)
    for (const name of Object.keys(files)) symlinkSync(join('..data', name), this.path(name))
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Puts other files in the place of those before. */
  publish(files: Readonly<Record<string, string>>): void {
    const before = `..${this.#count++}`
    const next = `..${this.#count}`
    mkdirSync(this.path(next))
    for (const [name, text] of Object.entries(files))
      writeFileSync(this.path(join(next, name)), text)
    symlinkSync(next, this.path('..data_tmp'))
    renameSync(this.path('..data_tmp'), this.path('..data'))
    rmSync(this.path(before), { recursive: true, force: true })
  }
}
