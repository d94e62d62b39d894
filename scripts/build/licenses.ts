import { readdirSync, readFileSync } from 'node:fs'

/** The folders of the packages to which modules belong, by the modules' ids. */
export function packageFolders(moduleIds: readonly string[]): string[] {
  const folders = moduleIds.flatMap((id) => {
    return /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0] ?? []
  })
  return [...new Set(folders)].toSorted()
}

/** The licenses of packages whose code is part of a bundle, as their authors ask for it. */
export function licensesOf(folders: readonly string[]): string {
  const parts = folders.map((folder) => {
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
    if (file === undefined) throw new Error(`${folder} has no license file`)
    const name = folder.split('/node_modules/').at(-1) ?? folder
    return `${name}\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`
  })
  return `The command line contains code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`
}
