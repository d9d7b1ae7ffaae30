import { Calibration, dataSources, isCohortFile, modelsFolder, training } from "../../api/index.js";
import { parseArguments, UsageError } from "../command.js";
import type { Command, CommandContext } from "../command.js";
import { evaluateContrasts } from "./evaluateContrasts.js";
import { evaluateDetection } from "./evaluateDetection.js";
import { evaluateGrades } from "./evaluateGrades.js";
import { evaluateNumbering } from "./evaluateNumbering.js";
import { evaluateDataset, operatingPointsText } from "./evaluateDataset.js";
import { fitDataReader } from "./evaluateOutside.js";
import { evaluateHotspots, HOTSPOT_OPTIONS } from "./evaluateHotspots.js";
import { evaluateHotspotShares } from "./evaluateHotspotShares.js";

export const evaluate: Command = {
  name: "evaluate",
  summary: "measure models on the patients that were kept out of training",
  example: "spinebook evaluate shipped data/spider",
  usage: `spinebook evaluate MODELS DATASET... [--json] [--t1] [--errors OUT.png] [--calibrate]
       spinebook evaluate MODELS DATASET (--fit-reader OUT.json | --reader NAME) [--json]
       spinebook evaluate MODELS SPIDER LSMA (--contrasts | --operating-points | --hotspots) [--json]
       spinebook evaluate detection DATASET... [--phantoms N] [--seed N] [--models FOLDER] [--json]
       spinebook evaluate numbering DATASET... [--phantoms N] [--seed N] [--models FOLDER] [--json]
       spinebook evaluate numbering DATASET... --fit-numbering OUT.json [--models FOLDER]
       spinebook evaluate grades phantoms [--phantoms N] [--seed N] [--models FOLDER] [--json]
       spinebook evaluate hotspots phantoms [--phantoms N] [--seed N] [--methods NAME,NAME] [--models FOLDER] [--json]

Detects and grades patients of DATASET, one after the other where there are several, with the weights in the folder MODELS ("shipped"
for those of this installation), and compares with the published gradings: discs found and named, class-average accuracy, linear
kappa, Lin's CCC, confusion matrix; for the other features AUC and class average. A data set is taken as it is published: SPIDER,
LSMA-PQR with Sudirman's DICOM, RSNA 2024, own studies with grades.csv ("train --help" tells their files), or a cohort's file; what of it
was taken and left out is said. Of SPIDER the patients are read who are kept out of all training; of others, which the shipped weights have not
seen, all of them, of weights that were trained on the data set those kept out. With --reader of LSMA-PQR only those kept out, on whom no
reader's borders were fitted.

      --t1           read each patient's T1 series beside the T2 one, where there is one
      --errors OUT.png  also draw the 24 discs whose Pfirrmann grade is furthest from the published one
      --calibrate    instead fit temperatures, conformal sets and the out-of-distribution check on these patients, write
                     calibration.json into MODELS, and print what they reach on patients not fitted on (cross-fitting)
      --operating-points  instead fit from which probability on findings are called present, on SPIDER's patients who are kept out and
                     on what LSMA-PQR marks by place, write operating-points.json into MODELS, and print what they reach on
                     patients not fitted on
      --fit-reader OUT.json  instead fit where the data set's reader passes from one Pfirrmann grade to the next, on LSMA-PQR's other
                     patients or SPIDER's validation patients, and write it as a reader for "grade --reader"
      --contrasts    instead fit and measure what tells T1, T2 and fat-suppressed T2 apart by the picture, on all patients of SPIDER and
                     LSMA-PQR, measure how grades agree with readers in T1 and suppressed T2 of patients kept out, and write
                     contrast.json and contrast-agreement.json into MODELS
      --hotspots     instead measure on patients who are kept out where the heat of hotspots lies (endplates, disc, bodies, canal) beside
                     even heat, and what of each score the hottest tenth explains, beside random pixels of the same regions, and
                     write hotspot-shares.json into MODELS
      --reader NAME  of data sets but SPIDER: give Pfirrmann grades as this reader does

"detection" measures where vertebrae and discs are found and how they are named: N phantoms (default 10) of each family of the
generator, two of which no training has seen, and T2 stacks with masks of patients who are kept out (SPIDER's).

"numbering" measures how sure the names of the levels are: the middle slices of N phantoms (default 400) with anomalies as often as people
have them, of an eighth as many of each anomaly, and of the validation patients; with --fit-numbering it instead fits numbering.json anew,
on other phantoms and on the patients that are not kept out.

"grades phantoms" grades N phantoms (default 20) of each of those two families and gives the class average of every feature.

"hotspots phantoms" measures where hotspots point instead: it renders N phantoms (default 8) that no training has seen,
whose findings have known places, and compares with the heat of every method: pointing game, area under the
precision-recall curve, and the correlation with the heat of a network of random weights.`,

  async run(args, context) {
    const { values, positionals } = parseArguments(
      args,
      {
        json: { type: "boolean" },
        calibrate: { type: "boolean" },
        "operating-points": { type: "boolean" },
        contrasts: { type: "boolean" },
        hotspots: { type: "boolean" },
        t1: { type: "boolean" },
        errors: { type: "string", path: "written" },
        "fit-reader": { type: "string", path: "written" },
        reader: { type: "string" },
        "fit-numbering": { type: "string", path: "written" },
        ...HOTSPOT_OPTIONS,
      },
      ["the folder with the models (or shipped)", "the data set's folder"],
      true,
    );
    const [named, ...folders] = positionals as [string, ...string[]];
    const isPhantoms = folders[0] === "phantoms" && (named === "hotspots" || named === "grades");
    if (isPhantoms && folders[1] !== undefined)
      throw new UsageError(`"${folders[1]}" is one argument too many; nothing follows "phantoms".`);
    if (named === "hotspots" && isPhantoms) return evaluateHotspots(values, context);
    if (named === "grades" && isPhantoms) return evaluateGrades(values, context);
    if (named === "detection") return evaluateDetection(folders, values, context);
    if (named === "numbering") return evaluateNumbering(folders, values, context);
    if (values["fit-numbering"] !== undefined)
      throw new UsageError('--fit-numbering belongs to "evaluate numbering".');
    const unused = Object.keys(HOTSPOT_OPTIONS).find((option) => option in values);
    if (unused !== undefined)
      throw new UsageError(
        `--${unused} belongs to "evaluate detection", "numbering", "grades phantoms" or "hotspots phantoms".`,
      );
    return evaluateData(named === "shipped" ? modelsFolder() : named, folders, values, context);
  },
};

/** Options of evaluation on patients, as given. */
interface DataOptions {
  readonly json?: boolean | undefined;
  readonly calibrate?: boolean | undefined;
  readonly "operating-points"?: boolean | undefined;
  readonly contrasts?: boolean | undefined;
  readonly hotspots?: boolean | undefined;
  readonly t1?: boolean | undefined;
  readonly errors?: string | undefined;
  readonly "fit-reader"?: string | undefined;
  readonly reader?: string | undefined;
}

/** What cannot be asked together, before anything is read. */
function checkOptions(folders: readonly string[], layouts: readonly string[], values: DataOptions): void {
  const isSpider = layouts.every((layout) => layout.startsWith("spider"));
  if (!isSpider && (values.calibrate || values.t1 || values.errors !== undefined))
    throw new UsageError(
      "--calibrate, --t1 and --errors belong to the SPIDER data; leave them out for other data sets.",
    );
  if (layouts.includes("cohort") && (values.contrasts || values["operating-points"]))
    throw new UsageError(
      "--contrasts and --operating-points take folders of SPIDER and LSMA-PQR, no cohort.",
    );
  if (values.reader !== undefined && layouts.some((layout) => layout.startsWith("spider")))
    throw new UsageError(
      "--reader belongs to other data sets; SPIDER's grades are of the reader that is the default.",
    );
  const single = [values.calibrate, values.errors, values["fit-reader"]];
  if (folders.length > 1 && single.some((value) => value !== undefined && value !== false))
    throw new UsageError("--calibrate, --errors and --fit-reader take one data set; name one.");
}

async function evaluateData(
  models: string,
  folders: readonly string[],
  values: DataOptions,
  context: CommandContext,
): Promise<number> {
  const layouts = await Promise.all(
    folders.map(async (path) => ((await isCohortFile(path)) ? "cohort" : training.recogniseLayout(path))),
  );
  checkOptions(folders, layouts, values);
  const json = values.json ?? false;
  const datasets = await training.openDatasets(await dataSources(folders, context.log), context.log);
  const fitted = values["fit-reader"];
  if (fitted !== undefined) return fitDataReader(models, datasets, fitted, json, context);
  if (values.calibrate) {
    const calibration = new Calibration(await training.calibrateModels(models, datasets, context.log));
    context.out(json ? JSON.stringify(calibration.file) : calibration.toText());
    return 0;
  }
  if (values.contrasts) return evaluateContrasts(models, datasets, json, context);
  if (values.hotspots) return evaluateHotspotShares(models, datasets, json, context);
  if (values["operating-points"]) {
    const points = await training.fitOperatingPoints(models, datasets, context.log);
    context.out(json ? JSON.stringify(points) : operatingPointsText(points));
    return 0;
  }
  const documents: unknown[] = [];
  for (const dataset of datasets) {
    const { document, text } = await evaluateDataset(models, dataset, values, context.log);
    documents.push(datasets.length === 1 ? document : { dataset: dataset.title, ...document });
    if (json) continue;
    if (datasets.length > 1) context.out(`${dataset.title}:`);
    context.out(text);
  }
  if (json) context.out(JSON.stringify(documents.length === 1 ? documents[0] : { datasets: documents }));
  return 0;
}
