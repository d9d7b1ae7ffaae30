import * as v from "valibot";
import type { DetectedSpine, FromViewer } from "../../protocol/index.js";
import type { Schema } from "../../text/index.js";

const POINT = v.tuple([v.number(), v.number(), v.number()]);
const CORNER = v.object({ patient: POINT });

/** The part of `spinebook detect --json` that the viewer draws. */
export const DETECTED_SPINE: Schema<DetectedSpine> = v.object({
  series: v.string(),
  place: v.object({
    series: v.optional(v.string()),
    study: v.optional(v.string()),
    size: v.array(v.number()),
    affine: v.array(v.number()),
  }),
  vertebrae: v.array(
    v.object({
      level: v.string(),
      centre: POINT,
      corners: v.object({
        anteriorSuperior: CORNER,
        posteriorSuperior: CORNER,
        posteriorInferior: CORNER,
        anteriorInferior: CORNER,
      }),
    }),
  ),
  discs: v.array(
    v.object({
      level: v.string(),
      centre: POINT,
      angle: v.number(),
      width: v.number(),
      height: v.number(),
    }),
  ),
  flags: v.array(v.object({ message: v.string() })),
});

/** What the viewer's page asks for; a page of another release is not listened to. */
export const FROM_VIEWER: Schema<FromViewer> = v.object({ type: v.picklist(["ready", "detect"]) });
