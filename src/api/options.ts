/** The options that several functions share, for `requireOptions`. */
export const INDEX_OPTIONS = {
  onIdentity: true,
  onLeftOut: true,
  onProgress: true,
  signal: true,
} as const;
