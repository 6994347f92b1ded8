/** Path of the real kubectl (helm lies beside it), or undefined where there is none for this platform. */
export const realClients: () => Promise<string | undefined>
