import { readCredentialFile } from './read-credential-file.ts'

/** What a PEM file is for, in the words of kubectl. */
export type PemRole = 'certificate-authority' | 'client-cert' | 'client-key'

/**
 * Reads a PEM file that a kubeconfig names. What is in it is for others to judge.
 *
 * @param owner Name of the cluster or user that names it, for messages; '' for none.
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE`.
 */
export async function readPem(path: string, role: PemRole, owner = ''): Promise<Buffer> {
  const subject = `unable to read ${role} ${path}${owner === '' ? '' : ` for ${owner}`}`
  return await readCredentialFile(path, `${subject} due to `)
}
