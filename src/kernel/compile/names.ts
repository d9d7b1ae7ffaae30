/** The one parameter of a compiled cell: an object with what the compiled code asks of the kernel. */
export const HOST = "__spinebook__";

/** A member of the host object, as source text. */
export function hostMemberText(name: string): string {
  return `${HOST}.${name}`;
}
