/** Magics that take one line, with what they do. */
export const LINE_MAGICS = {
  npm: "%npm install NAME: runs npm in the notebook's folder",
  env: "%env NAME=VALUE sets a variable of the environment, %env NAME shows it, %env lists the names",
  timeit: "%timeit EXPRESSION: how long it takes, over many runs",
  time: "%time EXPRESSION: how long it takes, run once; shows its value",
  lsmagic: "%lsmagic: this list",
} as const;

/** Magics that take the whole cell, with what they do. */
export const CELL_MAGICS = {
  bash: "%%bash, %%sh, %%cmd, %%powershell: the cell is a script for that shell",
  sh: "",
  cmd: "",
  powershell: "",
  timeit: "%%timeit: how long the cell takes, over many runs; its declarations stay inside",
  time: "%%time: how long the cell takes, run once",
  html: "%%html, %%svg, %%markdown: the cell's text is shown as such",
  svg: "",
  markdown: "",
} as const;
