/**
 * What the spine may be, given the disc that is taken for the lumbosacral one ("own"). A lumbarised S1 or a sixth lumbar vertebra puts the disc that is
 * called L5-S1 one higher, a sacralised L5 or a missing vertebra one lower, unless the own disc is already the right one.
 */
export const SPINE_FORMS = [
  { form: "usual", own: "L5-S1", shift: 0, lumbar: 5 },
  { form: "four lumbar", own: "L4-S1", shift: 1, lumbar: 4 },
  { form: "six lumbar", own: "L6-S1", shift: -1, lumbar: 6 },
  { form: "lumbarised", own: "S1-S2", shift: -1, lumbar: 6 },
  { form: "lumbarised", own: "L5-S1", shift: 0, lumbar: 6 },
  { form: "sacralised", own: "L4-L5", shift: 1, lumbar: 4 },
  { form: "sacralised", own: "L5-S1", shift: 0, lumbar: 4 },
] as const;

export type SpineFormName = (typeof SPINE_FORMS)[number]["form"];

/**
 * Shares of people: transitional 3.3 %, one vertebra more or less without a transitional one 7.7 % (the project's table of the lumbar spine). Others
 * count 4 to 36 % transitional ones, 12.3 % on average (Bron et al., Acta Orthop Belg 73:687, 2007), most of them by the processes at the
 * side, which a sagittal picture does not show. A transitional spine whose own disc is not the one that looks lumbosacral is shared by halves.
 */
export const FORM_PRIORS: readonly number[] = [0.89, 0.038, 0.039, 0.0065, 0.0065, 0.01, 0.01];
