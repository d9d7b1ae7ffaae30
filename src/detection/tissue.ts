/** Tissue classes of the detector's network, in channel order. */
export const TISSUES = ["background", "body", "posterior", "disc", "canal", "lowestDisc", "sacrum"] as const;

/** Class number of each tissue. `body` is the vertebral body, `posterior` arches and processes, `lowestDisc` L5-S1. */
export const TISSUE = {
  background: 0,
  body: 1,
  posterior: 2,
  disc: 3,
  canal: 4,
  lowestDisc: 5,
  sacrum: 6,
} as const;

/** The detector sees slices at this distance between pixels, in mm. */
export const DETECTION_SPACING = 1;
