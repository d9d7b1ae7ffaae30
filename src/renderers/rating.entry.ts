// The script of the rating page that the kernel serves on this machine.
import { h, styledRoot } from "./dom.js";
import { createRating, pageLink } from "./rating/index.js";

const place = document.querySelector<HTMLElement>("#rating")!;
const page = h("div");
place.replaceChildren(page);
void createRating(styledRoot(page), pageLink("message"), { fillsWindow: true });
