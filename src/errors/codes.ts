/**
 * Every way in which Kubecred fails, one code each. Match on the code, never on the message: the
 * messages keep the words of client-go where it has any, and those may change with it.
 */
export type ErrorCode =
  /** The kubeconfig that was asked for does not exist. */
  | 'ERR_KUBECONFIG_NOT_FOUND'
  /** A kubeconfig, or a file that it names, exists but cannot be read. */
  | 'ERR_KUBECONFIG_UNREADABLE'
  /** A kubeconfig is not YAML, has a field of the wrong kind, or contradicts itself. */
  | 'ERR_KUBECONFIG_INVALID'
  /** The context, cluster or user that was asked for is not in the kubeconfig. */
  | 'ERR_KUBECONFIG_NO_SUCH_ENTRY'
  /** kubectl's preferences file cannot be read, or holds nothing that can be used. */
  | 'ERR_KUBERC'
  /** There is no kubeconfig, and this process does not run in a pod. */
  | 'ERR_NO_CONFIGURATION'
  /** The service account files or variables of the pod are incomplete. */
  | 'ERR_IN_CLUSTER'
  /** The plugin's entry in the kubeconfig cannot work as it is written. */
  | 'ERR_EXEC_CONFIG'
  /** The plugin policy contradicts itself, so that no plugin may run by it. */
  | 'ERR_EXEC_POLICY'
  /** The plugin policy does not permit the plugin, which was not run. */
  | 'ERR_EXEC_NOT_ALLOWED'
  /** The plugin's executable was not found. */
  | 'ERR_EXEC_NOT_FOUND'
  /** The plugin's executable was found but could not be started. */
  | 'ERR_EXEC_START'
  /** The plugin ended with an exit code other than zero, or by a signal. */
  | 'ERR_EXEC_FAILED'
  /** The plugin needs a terminal and there is none. */
  | 'ERR_EXEC_INTERACTIVE'
  /** The plugin printed more than the limit, and was stopped. */
  | 'ERR_EXEC_OUTPUT_LIMIT'
  /** The plugin printed something that is not a usable ExecCredential. */
  | 'ERR_EXEC_REPLY'
  /** A certificate or key cannot be used. */
  | 'ERR_CREDENTIAL_INVALID'
  /** A token, certificate or key file cannot be read, or is empty. */
  | 'ERR_CREDENTIAL_FILE'
  /** A renewal took longer than its deadline, and was stopped. */
  | 'ERR_RENEWAL_DEADLINE'
  /** The server refused a TokenRequest, or another request that a token manager made. */
  | 'ERR_TOKEN_REQUEST'
  /** The server's answer to a TokenRequest gives no token that can be used. */
  | 'ERR_TOKEN_REPLY'
  /** The ServiceAccount is another one than was asked for: it was deleted and made again. */
  | 'ERR_TOKEN_ACCOUNT'
  /** Tokens that were to be kept from one run to the next cannot be read, or written. */
  | 'ERR_TOKEN_STORE'
  /** The source, or the connection made from it, was closed. */
  | 'ERR_CLOSED'
  /** The request names another server than the one the credential was got for. */
  | 'ERR_FOREIGN_ORIGIN'
  /** The configuration of the connection contradicts itself, or asks for what this stack lacks. */
  | 'ERR_TRANSPORT_CONFIG'
  /** No connection to the server, or it was lost under the request. */
  | 'ERR_CONNECTION'
  /** The server did not answer within the time given. */
  | 'ERR_TIMEOUT'
  /** As many watches, follows and upgrades are open as the limit allows. */
  | 'ERR_STREAM_LIMIT'
  /** The drain deadline cut a response of a TLS identity that is no longer current. */
  | 'ERR_DRAINED'
  /** What is to be projected cannot be: a volume source contradicts itself, or a path leaves the directory. */
  | 'ERR_PROJECTION_INVALID'
  /** A ConfigMap, a Secret or a fact that a projected volume needs is not there, or cannot be read. */
  | 'ERR_PROJECTION_SOURCE'
  /** The directory of a projected volume cannot be written. */
  | 'ERR_PROJECTION_DIRECTORY'
