import type { Credential } from './credential.ts'
import { Successors } from './successors.ts'

/** The credentials of a source, one after the other, until it is closed or its reader has enough. */
export class CredentialIterator extends Successors<Credential> {}
