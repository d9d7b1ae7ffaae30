import type { Position } from "./frame.js";

/** A viewer as its companions see it. */
export interface Member {
  /** Shows the slice through a patient position. */
  follow(position: Position): void;
  /** The link was switched, or a companion came or went. */
  linkChanged(): void;
}

/** A viewer's place among those of its series. */
export interface Seat {
  /** Whether viewers of this series scroll together. */
  readonly linked: boolean;
  /** How many other viewers show this series. */
  readonly companions: number;
  /** Switches the link for every viewer of this series. */
  link(on: boolean): void;
  /** Has the companions follow while the link is on. */
  announce(position: Position): void;
  leave(): void;
}

interface Group {
  linked: boolean;
  readonly members: Set<Member>;
}

/** Who shows which series in this page. Forgets a viewer that leaves, and a series with its last viewer. */
export class LinkRegistry {
  readonly #groups = new Map<string, Group>();

  /** How many viewers are known. */
  get size(): number {
    return [...this.#groups.values()].reduce((sum, { members }) => sum + members.size, 0);
  }

  join(series: string, member: Member): Seat {
    const group = this.#groups.get(series) ?? { linked: false, members: new Set<Member>() };
    this.#groups.set(series, group);
    group.members.add(member);
    const tell = (): void => {
      for (const one of group.members) one.linkChanged();
    };
    tell();
    return {
      get linked() {
        return group.linked && group.members.size > 1;
      },
      get companions() {
        return group.members.size - 1;
      },
      link(on) {
        group.linked = on;
        tell();
      },
      announce(position) {
        if (!group.linked) return;
        for (const one of group.members) if (one !== member) one.follow(position);
      },
      leave: () => {
        group.members.delete(member);
        if (group.members.size < 2) group.linked = false;
        if (group.members.size === 0) this.#groups.delete(series);
        tell();
      },
    };
  }
}

/** The one registry of a page. */
export const links = new LinkRegistry();
