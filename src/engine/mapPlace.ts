import { convolutionPadding, placeLayers } from "./network.js";
import type { Network } from "./network.js";

/** Where the pixels of a layer's maps lie on the network's image. */
export interface MapPlace {
  /** Image pixels from one map pixel to the next. */
  readonly step: number;
  /** Row and column of the image at the middle of the map's first pixel (0 is the middle of the image's first pixel). */
  readonly first: number;
}

/**
 * Channels of the maps whose means a head reads first: its first weights are theirs.
 * @throws Error where the network has no such head, or one that reads no pooled maps.
 */
export function channelsOfHead(network: Network, head: string): number {
  const layers = new Map(placeLayers(network).map((placed) => [placed.name, placed]));
  let placed = layers.get(head);
  while (placed !== undefined && placed.layer.kind !== "globalAveragePooling")
    placed = layers.get(placed.reads[0]!);
  if (placed === undefined) throw new Error(`${network.name} has no head called ${head} over pooled maps.`);
  return placed.inputShape[0]!;
}

/**
 * Where a layer's map pixels lie on the image: the middle of what each of them sees. Valid convolutions leave out a
 * margin, so that a map stretched over the whole image would be out of place.
 * @throws Error where the network has no such layer.
 */
export function placeOfMap(network: Network, layer: string): MapPlace {
  const places = new Map<string, MapPlace>([["input", { step: 1, first: 0 }]]);
  for (const { layer: own, name, reads } of placeLayers(network)) {
    const before = places.get(reads[0]!);
    if (before === undefined) continue;
    const { step, first } = before;
    switch (own.kind) {
      case "convolution": {
        const reach = ((own.kernel - 1) * (own.dilation ?? 1)) / 2 - convolutionPadding(own);
        places.set(name, { step: step * (own.stride ?? 1), first: first + step * reach });
        break;
      }
      case "maxPooling":
        places.set(name, { step: step * 2, first: first + step / 2 });
        break;
      case "upsampling":
        places.set(name, { step: step / 2, first: first - step / 4 });
        break;
      case "globalAveragePooling":
      case "dense":
        break;
      default:
        places.set(name, before);
    }
  }
  const place = places.get(layer);
  if (place === undefined) throw new Error(`${network.name} has no layer of maps called ${layer}.`);
  return place;
}
