// Pictures of what opens in a browser: the reports, the rating page; and of what is a picture itself: the sheet, discs of a cohort.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import dicomParser from "dicom-parser";
import { encode } from "fast-png";
import { chromium } from "playwright-core";
import { chromiumFlags } from "../vscode-host-test.mjs";

const PICTURES = join("docs", "pictures");
const STUDY = join("examples", "study");

/** @param folder an empty one, for what is made on the way. @returns the paths of the pictures that it has made */
export async function pagePictures(folder) {
  const spinebook = await import(pathToFileURL(join("dist", "api.js")).href);
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, headless: true, args: chromiumFlags.split(" ") });
  try {
    return [
      await patientReport(browser, folder),
      await notebookReport(browser, folder),
      await valuesOfLibraries(browser, folder),
      await ratingPage(browser, spinebook, folder),
      await cohortDiscs(spinebook, folder),
      await sheet(spinebook),
      await savedFigures(browser, spinebook, folder),
    ];
  } finally {
    await browser.close();
  }
}

async function patientReport(browser, folder) {
  const html = join(folder, "patient.html");
  command(["report", "--patient", STUDY, "-o", html]);
  const page = await browser.newPage({ viewport: { width: 820, height: 1000 } });
  await page.goto(pathToFileURL(html).href);
  const trust = await page.locator("h2, h1").last().boundingBox();
  return shot(page, "report-patient.png", { x: 0, y: 0, width: 820, height: Math.ceil(trust.y) });
}

/** The demo notebook's report, from its cohort to the end of its table. */
async function notebookReport(browser, folder) {
  const html = join(folder, "demo.html");
  command(["run", join("notebooks", "demo.ipynb"), "-o", join(folder, "run.ipynb"), "--html", html]);
  const page = await browser.newPage({ viewport: { width: 900, height: 1000 } });
  await page.goto(pathToFileURL(html).href);
  await page.locator("canvas[data-slice]").last().waitFor();
  await page.waitForTimeout(2000); // plots are drawn when the page has come to rest
  const top = (await page.locator("h2", { hasText: "A cohort against" }).boundingBox()).y - 16;
  const table = await page.locator("h2", { hasText: "The table" }).boundingBox();
  const clip = { x: 0, y: top, width: 900, height: table.y + 430 - top };
  return shot(page, "report.png", clip);
}

/** A chart of Observable Plot's and a table, as a cell shows them; the packages are those of this folder. */
async function valuesOfLibraries(browser, folder) {
  const cells = [
    `import { exampleCohort } from "spinebook";
import * as Plot from "@observablehq/plot";
const discs = (await exampleCohort()).flatMap(({ patient, grades }) => grades.map(({ level, pfirrmann }) => ({ patient, level, pfirrmann })));
Plot.plot({ height: 240, color: { legend: true }, marks: [Plot.barY(discs, Plot.groupX({ y: "count" }, { x: "pfirrmann", fill: "level" })), Plot.ruleY([0])] })`,
    "discs",
  ];
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "spinebook", display_name: "Spinebook (TypeScript)", language: "typescript" },
    },
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `c${i}`,
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    })),
  };
  mkdirSync("build", { recursive: true });
  const [path, html] = [join("build", "values.ipynb"), join(folder, "values.html")];
  writeFileSync(path, JSON.stringify(notebook));
  command(["run", path, "-o", join(folder, "values.ipynb"), "--html", html]);
  const page = await browser.newPage({ viewport: { width: 760, height: 1000 } });
  await page.goto(pathToFileURL(html).href);
  const table = page.locator(".histogram").last();
  await table.waitFor();
  const { y } = await table.boundingBox();
  return shot(page, "values.png", { x: 0, y: 0, width: 760, height: Math.ceil(y + 200) });
}

/** The page after three discs. */
async function ratingPage(browser, { grade, rate }, folder) {
  const session = await rate([await grade(STUDY)], { rater: "reader 1", log: join(folder, "ratings.jsonl") });
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  await page.goto(await session.address());
  const place = () => page.locator(".rating").getAttribute("data-position");
  await page.locator(".rating canvas[data-slice]").waitFor();
  for (const key of ["2", "q", "a"]) {
    const before = await place();
    await page.keyboard.press(key);
    while ((await place()) === before) await page.waitForTimeout(50);
  }
  await page.waitForTimeout(500);
  const path = await shot(page, "rate.png");
  await session.close();
  return path;
}

/** Discs that a query finds among the example patients; a cohort takes images that tell their spacing themselves. */
async function cohortDiscs({ exampleCohort, gradeCohort, imaging, loadSeries, openCohort }, folder) {
  const images = join(folder, "images");
  mkdirSync(images);
  for (const { patient, image, spacing } of await exampleCohort()) {
    const { volume } = await loadSeries(image, { spacing });
    writeFileSync(join(images, `${patient}.nii`), imaging.writeNifti(volume));
  }
  const file = join(folder, "spines.duckdb");
  await gradeCohort(images, file);
  const cohort = await openCohort(file);
  const rows = await cohort.sql(
    "SELECT * FROM discs WHERE pfirrmann >= 4 ORDER BY study, level_order(level)",
  );
  const montage = await cohort.montage(rows, { limit: 8, title: "Pfirrmann 4 and 5" });
  await cohort.close();
  return still(montage, "cohort.png");
}

/** The DICOM secondary capture of the grades, as the picture that it holds. */
async function sheet({ dicomSheet, grade }) {
  const bytes = await dicomSheet(await grade(STUDY));
  const captured = dicomParser.parseDicom(bytes);
  const [height, width] = ["x00280010", "x00280011"].map((tag) => captured.uint16(tag));
  const { dataOffset } = captured.elements.x7fe00010;
  const data = bytes.slice(dataOffset, dataOffset + width * height * 3);
  const path = join(PICTURES, "sheet.png");
  writeFileSync(path, encode({ width, height, data, channels: 3, depth: 8 }));
  return path;
}

/** Two figures as files for a column of 85 mm, side by side. */
async function savedFigures(browser, { confusionMatrix, grade, hotspots }, folder) {
  const reader = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5];
  const model = [1, 2, 3, 3, 3, 2, 4, 4, 5, 4, 5, 4];
  const matrix = confusionMatrix(reader, model, { classes: [1, 2, 3, 4, 5], title: "Reader and model" });
  const evidence = await hotspots(await grade(STUDY), { levels: ["L4-L5"], features: ["bulging"] });
  await matrix.save(join(folder, "matrix.svg"), { width: "single" });
  await evidence.save(join(folder, "heat.svg"), { width: "single", heat: "L4-L5 Bulging" });
  const html = join(folder, "figures.html");
  const style = "display:flex;gap:24px;align-items:flex-start;margin:12px;width:max-content";
  writeFileSync(
    html,
    `<!doctype html><body style="${style}"><img src="matrix.svg"><img src="heat.svg"></body>`,
  );
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  await page.goto(pathToFileURL(html).href);
  await page.waitForTimeout(500);
  const { width, height } = await page.locator("body").boundingBox();
  return shot(page, "figures.png", {
    x: 0,
    y: 0,
    width: Math.ceil(width) + 24,
    height: Math.ceil(height) + 24,
  });
}

/** Writes the still of a display. */
async function still(shown, name) {
  const { "image/png": image } = await shown[Symbol.for("Jupyter.display")]();
  const path = join(PICTURES, name);
  writeFileSync(path, Buffer.from(image, "base64"));
  return path;
}

async function shot(page, name, clip) {
  const path = join(PICTURES, name);
  await page.screenshot({ path, fullPage: clip !== undefined, clip });
  await page.close();
  return path;
}

/** Runs a command of this checkout. @throws Error where it fails */
function command(args) {
  const { status } = spawnSync(process.execPath, [join("bin", "spinebook.js"), ...args], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`spinebook ${args[0]} ended with ${status}.`);
}
