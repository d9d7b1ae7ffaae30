/** Programs that execute networks. */
export const ENGINES = ["onnxruntime", "tfjs"] as const;
export type EngineName = (typeof ENGINES)[number];

/** The engine that was asked for is unknown or not installed; the message says what to do. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code = "engine";
}

/**
 * The engine that `SPINEBOOK_ENGINE` asks for; onnxruntime where it is unset or empty.
 * @throws EngineError for any other name
 */
export function configuredEngine(text = process.env.SPINEBOOK_ENGINE): EngineName {
  const asked = text?.trim().toLowerCase() ?? "";
  if (asked === "") return "onnxruntime";
  const engine = ENGINES.find((name) => name === asked);
  if (engine === undefined)
    throw new EngineError(
      `There is no engine ${JSON.stringify(text)}; SPINEBOOK_ENGINE may be ${ENGINES.join(" or ")}.`,
    );
  return engine;
}
