import { training } from "../../api/index.js";
import type { CommandContext } from "../command.js";

type Shares = Awaited<ReturnType<typeof training.measureHotspotShares>>;
type Measured = Shares["features"][string];

/** A share with its interval, in per cent. */
function percent({ value, low, high }: Measured["regions"]["disc"]["share"]): string {
  const [share, from, to] = [value, low, high].map((one) => (100 * one).toFixed(0));
  return `${share!} % [${from!}, ${to!}]`;
}

/** Lines of one feature: its regions, and what its hottest tenth explains. */
function featureLines(key: string, { discs, patients, regions, deletion }: Measured): string[] {
  const places = Object.entries(regions).map(([region, { share, even, ratio }]) => {
    const density = `${ratio.value.toFixed(2)} [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]`;
    return `  ${region.padEnd(10)} ${percent(share).padEnd(18)} even heat ${(100 * even).toFixed(0).padStart(2)} %, ratio ${density}`;
  });
  const explained =
    deletion === null
      ? "  too few scores depend on the picture"
      : `  hottest tenth ${percent(deletion.hottest)} of the score, random ${percent(deletion.random)}, difference ${percent(deletion.beyond)} (${deletion.discs} discs)`;
  return [`${key} (${discs} discs of ${patients} patients)`, ...places, explained];
}

/** Measures where heat lies on real discs and what it explains, writes it into the models folder, and tells it. */
export async function evaluateHotspotShares(
  models: string,
  data: readonly training.Dataset[],
  asJson: boolean,
  context: CommandContext,
): Promise<number> {
  const shares = await training.measureHotspotShares(models, data, context.log);
  if (asJson) {
    context.out(JSON.stringify(shares));
    return 0;
  }
  context.out(`Heat by ${shares.method}, shares by region with 95 % intervals over patients:`);
  for (const [key, measured] of Object.entries(shares.features))
    for (const line of featureLines(key, measured)) context.out(line);
  return 0;
}
