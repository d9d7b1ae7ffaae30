/** The parts of css-tree that do without its tables of the whole language; its own types name the whole package only. */
declare module "css-tree/parser" {
  export { parse as default } from "css-tree";
}
declare module "css-tree/generator" {
  export { generate as default } from "css-tree";
}
