/** The one parameter of a compiled cell: an object with what the compiled code asks of the kernel. */
export const HOST = "__spinebook__";
