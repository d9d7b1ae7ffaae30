/** Room `protocol`: message and mime types shared by kernel, extension, renderers and the api's displays; types and tiny codecs only. */
export * from "./messages.js";
export * from "./mime.js";
export * from "./rating.js";
export * from "./grades.js";
export * from "./letters.js";
export * from "./place.js";
export * from "./plots.js";
export * from "./table.js";
export * from "./client.js";
export * from "./identities.js";
export type * from "./spawn.js";
export type * from "./viewer.js";
export * from "./codec.js";
export * from "./framing.js";
export * from "./appearance.js";
export * from "./hooks.js";
