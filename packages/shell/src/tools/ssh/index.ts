/** Tools that reach other machines by ssh. */
export { sshAdd, sshAgent } from "./agent.ts"
export { ssh } from "./client.ts"
export { scp, sftp, sshCopyId, sshKeyscan } from "./copying.ts"
export { sshKeygen } from "./keygen.ts"
export { rsync } from "./rsync.ts"
