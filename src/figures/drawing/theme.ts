/** Colours of what a still's ground and words are, by where it is looked at. */

/** `light` and `dark` for screens; `print`: black on white, for paper. */
export type Theme = "light" | "dark" | "print";

/** What the drawers write in place of a colour that depends on the theme. */
export const ROLES = {
  ground: "var(--ground)",
  ink: "var(--ink)",
  /** Words that explain: subtitles, titles of axes. */
  softInk: "var(--soft-ink)",
  grid: "var(--grid)",
  /** Ground and words of the band above a picture, which stands in black on screens. */
  band: "var(--band)",
  bandInk: "var(--band-ink)",
} as const;

type Colours = Readonly<Record<keyof typeof ROLES, string>>;

const LIGHT = { ground: "#fff", ink: "#1f2328", softInk: "#57606a", grid: "#e6e9ec" } as const;

const THEMES: Readonly<Record<Theme, Colours>> = {
  light: { ...LIGHT, band: "#fff", bandInk: "#1f2328" },
  dark: {
    ground: "#1f1f1f",
    ink: "#e6edf3",
    softInk: "#9da7b3",
    grid: "#3d444d",
    band: "#000",
    bandInk: "#fff",
  },
  print: {
    ground: "#fff",
    ink: "#000",
    softInk: "#000",
    grid: "#c8c8c8",
    band: "#fff",
    bandInk: "#000",
  },
};

export const THEME_NAMES = Object.keys(THEMES) as readonly Theme[];

/** A drawing with its roles as colours. Words of people's are escaped and hold no quotes, so that they stay as they are. */
export function inTheme(svg: string, theme: Theme): string {
  return svg.replace(/="var\(--([a-z-]+)\)"/g, (whole, role: string) => {
    const name = role.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return Object.hasOwn(THEMES[theme], name) ? `="${THEMES[theme][name as keyof Colours]}"` : whole;
  });
}
